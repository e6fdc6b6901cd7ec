import { randomSource } from "../harness/random.ts";

/** Bytes of a picture, (H,W,C). */
export interface Picture {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly bytes: Uint8Array;
}

const WAVES = 12;
const RECTANGLES = 6;

/** The kinds of pictures that the settings are chosen by. */
export const PICTURES: Readonly<Record<string, (seed: number) => Picture>> = { natural, flat, noise, digit };

/** As a photograph: smooth on every scale, with the noise of a sensor. */
export function natural(seed: number, size = 256): Picture {
  const random = randomSource(seed);
  const waves = Array.from({ length: WAVES }, (_, i) => ({
    x: (random() * 0.08 * (i + 1)) / 3,
    y: (random() * 0.08 * (i + 1)) / 3,
    phase: random() * 2 * Math.PI,
    shift: random() * 1.2,
    height: 60 / (i + 1),
  }));
  return paint(size, 3, (x, y, channel) => {
    let value = 128 + (random() + random() + random() - 1.5) * 6;
    for (const wave of waves) {
      value += wave.height * Math.sin(wave.x * x + wave.y * y + wave.phase + channel * wave.shift);
    }
    return value;
  });
}

/** As a plot or a rendered scene: areas of one colour. */
function flat(seed: number, size = 256): Picture {
  const random = randomSource(seed);
  const rectangles = Array.from({ length: RECTANGLES }, () => ({
    left: random() * size * 0.8,
    top: random() * size * 0.8,
    side: random() * size * 0.4,
    colour: [random() * 255, random() * 255, random() * 255],
  }));
  return paint(size, 3, (x, y, channel) => {
    const hit = rectangles.findLast(
      ({ left, top, side }) => x >= left && x < left + side && y >= top && y < top + side,
    );
    return hit?.colour[channel] ?? 200;
  });
}

/** As the output of a network that has learned nothing yet. */
function noise(seed: number, size = 256): Picture {
  const random = randomSource(seed);
  return paint(size, 3, () => random() * 255);
}

/** As MNIST: 28 x 28, grey, black with some strokes of soft edges. */
function digit(seed: number): Picture {
  const random = randomSource(seed);
  const strokes = Array.from({ length: 3 }, () => ({
    x: 8 + random() * 12,
    y: 8 + random() * 12,
    radius: 3 + random() * 5,
  }));
  return paint(28, 1, (x, y) => {
    const distance = Math.min(
      ...strokes.map((stroke) => Math.abs(Math.hypot(x - stroke.x, y - stroke.y) - stroke.radius)),
    );
    return distance > 2 ? 0 : 255 * (1 - distance / 2);
  });
}

function paint(
  size: number,
  channels: 1 | 3,
  valueAt: (x: number, y: number, channel: number) => number,
): Picture {
  const bytes = new Uint8Array(size * size * channels);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let channel = 0; channel < channels; channel++) {
        bytes[at++] = Math.max(0, Math.min(255, valueAt(x, y, channel)));
      }
    }
  }
  return { size, channels, bytes };
}

/** The same pictures as a network has them: (N,C,H,W), 0 to 1. */
export function floatBatch(pictures: readonly Picture[]): { data: Float32Array; shape: number[] } {
  const { size, channels } = pictures[0]!;
  const plane = size * size;
  const data = new Float32Array(pictures.length * plane * channels);
  for (const [index, { bytes }] of pictures.entries()) {
    for (let pixel = 0; pixel < plane; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        data[(index * channels + channel) * plane + pixel] = bytes[pixel * channels + channel]! / 255;
      }
    }
  }
  return { data, shape: [pictures.length, channels, size, size] };
}
