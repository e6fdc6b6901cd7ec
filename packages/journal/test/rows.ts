import type { RowLayout } from "../src/index.ts";

/** Rows such as `{"seq":17,"time":5,"metrics":{"loss":0.25}}`. */
export const layout: RowLayout = {
  fields: ['{"seq":', ',"time":'],
  open: ',"metrics":{',
  close: "}}\n",
  nonFinite: "quoted",
};

/** What a row must look like, by other means than the encoders'. */
export function expectedRow(
  fields: readonly number[],
  names: readonly string[],
  values: readonly number[],
  rows: RowLayout = layout,
): string {
  const texts = values.map((value) =>
    Number.isFinite(value)
      ? JSON.stringify(value)
      : rows.nonFinite === "bare"
        ? `${value}`
        : JSON.stringify(`${value}`),
  );
  const metrics = names.map((name, i) => `${JSON.stringify(name)}:${texts[i]}`).join(",");
  const start = rows.fields.map((text, i) => text + JSON.stringify(fields[i])).join("");
  return start + rows.open + metrics + rows.close;
}
