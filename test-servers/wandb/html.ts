/** A piece of HTML that needs no more escaping. */
export interface Html {
  readonly html: string;
}

/** HTML in which everything that is put in, other than HTML, is text. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return {
    html: parts.map((part, index) => part + (index < values.length ? show(values[index]) : "")).join(""),
  };
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join("");
  if (typeof value === "object" && value !== null && "html" in value) return (value as Html).html;
  return String(value)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const STYLE = `
  body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222 }
  h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem; border-bottom: 1px solid #ddd }
  table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
  th { font-weight: 600; color: #555 } a { color: #06c } .wrong { color: #b00020 } .muted { color: #777 }
  .scroll { max-height: 20rem; overflow: auto } .grid { display: flex; flex-wrap: wrap; gap: 1rem }
  figure { margin: 0 } figcaption { font-size: 12px; color: #555 } svg { background: #fafafa; border: 1px solid #eee }
  img { image-rendering: pixelated; min-width: 64px; max-width: 160px; border: 1px solid #eee }
  /* Pixels of a mask are class ids, which are all but black. */
  img.mask { filter: brightness(60) }
`;

/** A whole page. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <title>${title}</title>
      <style>
        ${{ html: STYLE }}
      </style>
      ${body}
    </html>`.html;
}
