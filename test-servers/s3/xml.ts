/** An element with text or elements in it; a list is the same element again and again. */
export type Xml =
  | string
  | number
  | boolean
  | Date
  | undefined
  | { readonly [name: string]: Xml | readonly Xml[] };

export function toXml(root: string, value: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, value)}`;
}

function element(name: string, value: Xml): string {
  if (value === undefined) return "";
  return `<${name}>${contentOf(value)}</${name}>`;
}

function contentOf(value: Exclude<Xml, undefined>): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return escape(String(value));
  return Object.entries(value)
    .flatMap(([name, inner]) =>
      (Array.isArray(inner) ? inner : [inner]).map((one: Xml) => element(name, one)),
    )
    .join("");
}

function escape(text: string): string {
  return text.replace(/[&<>"'\r\n]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** What is in each `<name>` of a flat document. */
export function readElements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map((match) => unescape(match[1]!));
}

function unescape(text: string): string {
  const named: Record<string, string> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, word: string) => {
    if (word !== undefined) return named[word] ?? all;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal));
  });
}
