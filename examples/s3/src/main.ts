/**
 * A run whose log and checkpoints go to S3.
 *
 *     pnpm --filter @mlog-examples/s3 start
 *
 * needs no account: it brings a server. To use a real bucket, name it; credentials and region come from wherever
 * the AWS SDK finds them, and S3_ENDPOINT_URL names a store that is not AWS:
 *
 *     S3_URI=s3://my-bucket/mlog AWS_REGION=eu-central-1 pnpm --filter @mlog-examples/s3 start
 */
import { S3Logger } from "@mlog/s3";
import { startS3 } from "@mlog/test-servers/s3";
import { train } from "./train.ts";

const { S3_URI } = process.env;
if (S3_URI !== undefined) {
  await train(new S3Logger(S3_URI));
} else {
  const { endpoint, region, credentials, close } = await startS3({ buckets: ["demo"] });
  await train(new S3Logger("s3://demo/mlog", { endpoint, region, credentials }));
  await close();
}
