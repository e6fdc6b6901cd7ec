import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Api } from "./api.ts";
import { classColour } from "./colours.ts";
import { useFetched } from "./entries.ts";
import type { Picture } from "./records.ts";

/** Small pictures are enlarged to about this width, in CSS pixels. */
const COMFORTABLE = 160;

/** Which masks and classes lie over a picture. */
export interface Overlay {
  readonly masks: ReadonlySet<string>;
  readonly hiddenClasses: ReadonlySet<number>;
}

interface Props {
  readonly api: Api;
  readonly run: string;
  readonly rank: number;
  readonly picture: Picture;
  readonly name: string;
  readonly overlay?: Overlay;
}

/** A picture of a log, with the masks that are switched on over it. */
export function PictureView({ api, run, rank, picture, name, overlay }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { file, width, height } = picture;
  const bitmap = useFetched(`${run} ${rank} ${file}`, async () => readBitmap(api, run, rank, file));
  const problem = useSignal("");
  const shown = [...(overlay?.masks ?? [])].filter((mask) => Object.hasOwn(picture.masks, mask));
  const key = JSON.stringify([shown, [...(overlay?.hiddenClasses ?? [])], file]);
  useEffect(() => {
    if (bitmap.value === undefined || canvas.current === null) return;
    let isCurrent = true;
    const hidden = overlay?.hiddenClasses ?? new Set<number>();
    Promise.all(shown.map((mask) => readMask(api, run, rank, picture.masks[mask]!.file, hidden))).then(
      (masks) => {
        if (!isCurrent || canvas.current === null) return;
        problem.value = "";
        draw(canvas.current, bitmap.value!, masks);
      },
      (error: unknown) => (problem.value = (error as Error).message),
    );
    return () => void (isCurrent = false);
  }, [bitmap.value, key]);
  if (bitmap.problem !== "") return <p class="problem">{bitmap.problem}</p>;
  if (file === null) return <p class="empty">The pixels were not stored.</p>;
  const scale = Math.max(1, Math.round(COMFORTABLE / Math.max(1, width)));
  return (
    <>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={`${name}, ${width} by ${height} pixels${shown.length > 0 ? `, with ${shown.join(" and ")} over it` : ""}`}
        data-masks={shown.join(" ")}
        style={{ width: `${width * scale}px` }}
      />
      {problem.value !== "" && <p class="problem">{problem.value}</p>}
    </>
  );
}

async function readBitmap(
  api: Api,
  run: string,
  rank: number,
  file: string | null,
): Promise<ImageBitmap | undefined> {
  if (file === null) return undefined;
  const exact: ImageBitmapOptions = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  return createImageBitmap(await api.media(run, rank, file), exact);
}

/** A mask in the colours of its classes; what belongs to no class that is shown is transparent. */
async function readMask(
  api: Api,
  run: string,
  rank: number,
  file: string | null,
  hidden: ReadonlySet<number>,
): Promise<OffscreenCanvas | undefined> {
  const bitmap = await readBitmap(api, run, rank, file);
  if (bitmap === undefined) return undefined;
  const layer = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = layer.getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, layer.width, layer.height);
  const { data } = pixels;
  const hiddenColours = new Set([0, ...hidden].map((classId) => keyOf(...classColour(classId))));
  for (let i = 0; i < data.length; i += 4) {
    data[i + 3] = hiddenColours.has(keyOf(data[i]!, data[i + 1]!, data[i + 2]!)) ? 0 : 150;
  }
  context.putImageData(pixels, 0, 0);
  return layer;
}

function keyOf(red: number, green: number, blue: number): number {
  return red * 65_536 + green * 256 + blue;
}

function draw(
  canvas: HTMLCanvasElement,
  picture: ImageBitmap,
  masks: readonly (OffscreenCanvas | undefined)[],
): void {
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = false;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const mask of masks) {
    if (mask !== undefined) context.drawImage(mask, 0, 0, canvas.width, canvas.height);
  }
}
