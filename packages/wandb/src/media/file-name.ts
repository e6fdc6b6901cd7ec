/** What a segment of a path may have in bytes, so that the id and the extension still fit. */
const SEGMENT_LIMIT = 160;

/** The name of a value as part of a path: `/` makes folders, and nothing leads out of them. */
export function fileKey(key: string): string {
  const segments = key
    .split("/")
    .filter((segment) => segment !== "")
    .map((segment) => (segment === "." || segment === ".." ? "_" : fit(segment.replaceAll(UNSAFE, "_"))));
  return segments.length === 0 ? "_" : segments.join("/");
}

/** Where a file of a run lies. Its content is in its name, so what is the same is there once. */
export function mediaPath(
  kind: string,
  key: string,
  step: number,
  sha256: string,
  extension: string,
): string {
  return `media/${kind}/${fileKey(key)}_${step}_${sha256.slice(0, 20)}.${extension}`;
}

/** No file system and no signed URL likes them. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f\\]/g;

function fit(segment: string): string {
  let text = segment;
  while (Buffer.byteLength(text) > SEGMENT_LIMIT) text = text.slice(0, -1);
  return text;
}
