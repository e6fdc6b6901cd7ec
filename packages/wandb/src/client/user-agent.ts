import { CLIENT_VERSION } from "../records/run-state.ts";

/** How this client names itself to servers. */
export const userAgent: string = `mlog-wandb/${CLIENT_VERSION}`;
