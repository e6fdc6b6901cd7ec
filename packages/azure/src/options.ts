import { MlogRangeError, MlogTypeError, describe } from "@mlog/core";

/**
 * How a container is reached, and how blobs are kept in it. Of the four kinds of credentials at most one is
 * given; without any, `AZURE_STORAGE_CONNECTION_STRING` is used (read when the store is made), else what
 * `DefaultAzureCredential` of `@azure/identity` finds.
 */
export interface AzureBlobOptions {
  /** Of the storage account, or of a shared access signature. */
  readonly connectionString?: string;
  /** The shared key of the account that the URI names. */
  readonly accountKey?: string;
  /** A shared access signature, with or without `?`. It must allow to read, create, write, delete and list. */
  readonly sasToken?: string;
  /** `"default"`: `DefaultAzureCredential` of `@azure/identity`, which must be installed. */
  readonly credential?: "default";
  /** `"Hot"`, `"Cool"`, `"Cold"` or `"Archive"`. Default: the account's. */
  readonly accessTier?: string;
  /** Metadata of every blob. Keys are lower-case letters and digits; values are printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const CREDENTIALS = ["connectionString", "accountKey", "sasToken", "credential"] as const;
/** The names of {@link AzureBlobOptions}: what is none of them is an option of somebody else, or a mistake. */
export const AZURE_OPTION_NAMES: readonly string[] = [...CREDENTIALS, "accessTier", "metadata"];

/** @throws MlogTypeError or MlogRangeError `INVALID_ARGUMENT`, naming the option and never a secret */
export function checkAzureOptions(options: AzureBlobOptions): void {
  for (const name of Object.keys(options)) {
    if (!AZURE_OPTION_NAMES.includes(name)) throw invalid(`there is no option ${describe(name)}`);
  }
  const given = CREDENTIALS.filter((name) => options[name] !== undefined);
  if (given.length > 1) throw invalid(`give only one of ${given.join(", ")}`);
  for (const name of [...CREDENTIALS, "accessTier"] as const) {
    const value = options[name];
    if (value === undefined || (typeof value === "string" && value !== "")) continue;
    throw new MlogTypeError("INVALID_ARGUMENT", `Azure: ${name} must be a text that is not empty`);
  }
  if (options.credential !== undefined && options.credential !== "default") {
    throw invalid('credential must be "default"; for one of your own, make a ContainerClient');
  }
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    if (/^[a-z][a-z0-9]*$/.test(key) && typeof value === "string" && /^[ -~]*$/.test(value)) continue;
    throw invalid(`metadata.${key} must be printable ASCII, with a key of lower-case letters and digits`);
  }
}

export function invalid(message: string): MlogRangeError {
  return new MlogRangeError("INVALID_ARGUMENT", `Azure: ${message}`);
}
