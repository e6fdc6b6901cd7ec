import { isMlogError, MlogError } from "@mlog/core";
import { HttpFailure } from "./http-failure.ts";

const CODES: Readonly<Record<number, readonly [code: string, advice: string]>> = {
  401: ["WANDB_UNAUTHORIZED", "check the API key, and that it belongs to this server"],
  403: ["WANDB_FORBIDDEN", "check that the key may write to this entity and project"],
  404: ["WANDB_NOT_FOUND", "check the entity and the project"],
  409: ["WANDB_RUN_DELETED", "a run of this id was deleted before: take another id"],
};

/** The error that users see for a failed request. `what` was tried, such as `"starting the run"`. */
export function codedFailure(error: unknown, what: string): MlogError {
  if (isMlogError(error)) return error;
  if (error instanceof HttpFailure) {
    const [code, advice] = CODES[error.status] ?? [
      (error.status >= 500 && error.status !== 501) || error.status === 429
        ? "WANDB_UNREACHABLE"
        : "WANDB_REJECTED",
      "",
    ];
    const status = error.status === 200 ? "" : ` with ${error.status}`;
    const rest = [error.message, advice].filter((part) => part !== "").join("; ");
    return new MlogError(code, `W&B refused ${what}${status}${rest === "" ? "" : `: ${rest}`}`, {
      cause: error,
    });
  }
  const reason = error instanceof Error ? innermost(error).message || error.name : String(error);
  return new MlogError("WANDB_UNREACHABLE", `W&B does not answer while ${what}: ${reason}`, { cause: error });
}

/** `fetch` hides the error of the socket behind "fetch failed". */
function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
