/** What a pixel can be. */
export const CLASSES: Readonly<Record<number, string>> = { 0: "background", 1: "disc", 2: "square" };

/** A synthetic photograph, and what is on it. */
export interface Scene {
  /** (3,height,width), from 0 to 1. */
  readonly pixels: Float32Array;
  /** The class of each pixel. */
  readonly truth: Uint8Array;
}

/** Side of a scene, in pixels. */
export const SIZE = 96;

/** Red discs and blue squares on grass, under noise. The same seed gives the same scene. */
export function drawScene(seed: number, noise: number): Scene {
  const random = generator(seed);
  const truth = new Uint8Array(SIZE * SIZE);
  for (let i = 0; i < 5; i++) {
    const classId = 1 + (i % 2);
    const [radius, y, x] = [8 + random() * 8, random() * SIZE, random() * SIZE];
    fill(truth, classId, (dy, dx) => (classId === 1 ? Math.hypot(dy, dx) : Math.max(dy, dx)) < radius, y, x);
  }
  const colours = [
    [0.35, 0.5, 0.3],
    [0.8, 0.25, 0.2],
    [0.2, 0.3, 0.75],
  ];
  const pixels = new Float32Array(3 * SIZE * SIZE);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < truth.length; i++) {
      const value = colours[truth[i]!]![channel]! + (random() + random() - 1) * noise;
      pixels[channel * truth.length + i] = Math.min(1, Math.max(0, value));
    }
  }
  return { pixels, truth };
}

function fill(
  truth: Uint8Array,
  classId: number,
  isInside: (dy: number, dx: number) => boolean,
  y: number,
  x: number,
): void {
  for (let i = 0; i < truth.length; i++) {
    if (isInside(Math.abs(Math.floor(i / SIZE) - y), Math.abs((i % SIZE) - x))) truth[i] = classId;
  }
}

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
