import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { S3Options } from "./options.ts";
import { Sha256 } from "./sha256.ts";

const nothing = (): void => undefined;

/**
 * Without one, the SDK tells the console of answers that it cannot read. With "info", which it does without,
 * it would copy each request and answer for it.
 */
const SILENT = {
  trace: nothing,
  debug: nothing,
  warn: nothing,
  error: nothing,
} as Required<S3ClientConfig>["logger"];

const USER_AGENT = "mlog aws-sdk-js/3";

/** The endpoint that was given, or that the environment names. */
export function endpointOf({ endpoint }: S3Options): string | undefined {
  const { S3_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  return endpoint ?? (S3_ENDPOINT_URL || AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined);
}

/** A client that makes each request once, and leaves checksums and deadlines to whoever calls it. */
export function createS3Client(options: S3Options): S3Client {
  const { region, profile } = options;
  const endpoint = endpointOf(options);
  const config: S3ClientConfig = {
    // Read anew when they are asked for anew: the SDK's own chain would remember the files for ever.
    credentials:
      options.credentials ??
      defaultProvider({ ignoreCache: true, ...(profile !== undefined && { profile }) }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: options.pathStyle ?? true }),
    ...(endpoint === undefined && options.pathStyle !== undefined && { forcePathStyle: options.pathStyle }),
    // Requests are tried again by the engine, which knows when to stop. The SDK's own strategies, also with one
    // attempt, make an id, an error and promises for each.
    maxAttempts: 1,
    retryStrategy: { retry: (next, args) => next(args) },
    // Nobody adds middleware later.
    cacheMiddleware: true,
    sha256: Sha256,
    // Bodies come with checksums that were computed before; the SDK's own cost several times the transfer.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // It would open a connection of its own for each request.
    expectContinueHeader: false,
    logger: SILENT,
  };
  const found = region ?? (endpoint === undefined ? undefined : (process.env["AWS_REGION"] ?? "us-east-1"));
  const client = new S3Client(found === undefined ? config : { ...config, region: found });
  nameItself(client);
  keepSigner(client);
  return client;
}

/** The SDK spells out anew for each request what it is and runs on, which takes longer than to sign that. */
function nameItself({ middlewareStack }: S3Client): void {
  middlewareStack.remove("getUserAgentMiddleware");
  middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["user-agent"] = USER_AGENT;
      return next(args);
    },
    { step: "build", name: "userAgent" },
  );
}

/** The SDK makes a signer for each request out of a copy of its whole configuration: all are the same as the first. */
function keepSigner({ config }: S3Client): void {
  const { signer: makeSigner } = config;
  let signer: Awaited<ReturnType<typeof makeSigner>> | undefined;
  config.signer = async (scheme) => (signer ??= await makeSigner(scheme));
}
