import { type Classifier, classOf, predict } from "./classifier.ts";

export const CLASS_LABELS: Readonly<Record<number, string>> = { 0: "below", 1: "above" };

const SIDE = 48;

/** Pictures of some noise, and per pixel its class and what the classifier takes it for. */
export function drawDots(
  classifier: Classifier,
  count: number,
): { readonly pictures: Picture[]; readonly truth: number[][][]; readonly guess: number[][][] } {
  const plane = (paint: (x: number, y: number) => number): number[][] =>
    Array.from({ length: SIDE }, (_, row) =>
      Array.from({ length: SIDE }, (__, column) => paint((column / SIDE) * 2 - 1, 1 - (row / SIDE) * 2)),
    );
  const pictures = Array.from({ length: count }, (): Picture => {
    const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, index) => {
      const pixel = Math.floor(index / 3);
      const isAbove =
        classOf(((pixel % SIDE) / SIDE) * 2 - 1, 1 - (Math.floor(pixel / SIDE) / SIDE) * 2) === 1;
      const base = isAbove === (index % 3 === 2) ? 180 : 60;
      return base + Math.random() * 60;
    });
    return { data, shape: [SIDE, SIDE, 3] };
  });
  return {
    pictures,
    truth: pictures.map(() => plane(classOf)),
    guess: pictures.map(() => plane((x, y) => Number(predict(classifier, x, y) > 0.5))),
  };
}

interface Picture {
  readonly data: Uint8Array;
  readonly shape: number[];
}
