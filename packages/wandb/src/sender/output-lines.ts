import type { WandbRecord } from "../wandb-file/messages.ts";
import { timeOf } from "../wandb-file/timestamp.ts";

type OutputRaw = NonNullable<WandbRecord["output_raw"]>;

/** A line that nothing ends is ended here, in characters. */
const LONGEST = 1024 * 1024;

/** What a process printed, piece by piece, as lines of `output.log`: as a terminal would show them. */
export class OutputLines {
  /** The lines that nothing has ended yet, by how their stream is marked. */
  readonly #open = new Map<string, { text: string; time: string }>();

  /** The lines that this piece ends. */
  add({ output_type: type, timestamp, line: piece = "" }: OutputRaw): string[] {
    const mark = type === 1 ? "" : "ERROR ";
    const time = `${new Date(timeOf(timestamp ?? {})).toISOString().slice(0, -1)}000`;
    const [first = "", ...others] = piece.split("\n");
    const texts = [(this.#open.get(mark)?.text ?? "") + first, ...others];
    const rest = texts.at(-1)!.length > LONGEST ? "" : texts.pop()!;
    if (rest === "") this.#open.delete(mark);
    else this.#open.set(mark, { text: rest, time });
    return texts.map((text) => `${mark}${time} ${shown(text)}`);
  }

  /** The lines that nothing has ended. */
  end(): string[] {
    const lines = [...this.#open].map(([mark, { text, time }]) => `${mark}${time} ${shown(text)}`);
    this.#open.clear();
    return lines;
  }
}

/** Behind a carriage return, text is written over what stands there. */
function shown(text: string): string {
  return text.split("\r").reduce((line, part) => part + line.slice(part.length));
}
