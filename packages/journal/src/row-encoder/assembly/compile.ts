import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { powersSource } from "./powers-of-ten.ts";

/** Compiles the sources beside this file; throws what the compiler says. */
export async function compile(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  let messages = "";
  const { error } = await asc.main(
    [
      "encoder.ts",
      "--outFile",
      "encoder.wasm",
      "--runtime",
      "stub",
      "-O3",
      "--noAssert",
      "--importMemory",
      "--enable",
      "simd",
    ],
    {
      readFile: (name) => readSource(name),
      writeFile: (_name, contents) => void (binary = contents as Uint8Array),
      listFiles: () => [],
      stderr: { write: (text: string | Uint8Array) => void (messages += text.toString()) },
    },
  );
  if (error !== null || binary === undefined) throw new Error(messages);
  return binary;
}

function readSource(name: string): string | null {
  if (name === "powers.ts") return powersSource();
  try {
    return readFileSync(new URL(name, import.meta.url), "utf8");
  } catch {
    return null; // The compiler asks for each place where an import might be.
  }
}

const target = new URL("../wasm-module.ts", import.meta.url);

/** The text of the file that carries `binary`. */
export function moduleSource(binary: Uint8Array): string {
  return (
    "/** The WebAssembly module of `assembly/`, made by this package's script `wasm`; a test compares them. */\n" +
    `export const moduleBase64: string =\n  "${Buffer.from(binary).toString("base64")}";\n`
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, moduleSource(await compile()));
