import * as tf from "@tensorflow/tfjs";
import { CLASSES, type Digits, SIZE } from "./data.ts";

/** A small convolutional network: enough for nine digits out of ten, and quick on one core. */
export function createModel(filters: number): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [SIZE, SIZE, 1],
        kernelSize: 4,
        strides: 4,
        filters,
        activation: "relu",
        name: "conv",
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: CLASSES, name: "logits" }),
    ],
  });
}

/** One step of gradient descent on one batch. */
export function trainBatch(
  model: tf.Sequential,
  optimizer: tf.Optimizer,
  images: tf.Tensor4D,
  labels: tf.Tensor2D,
): { loss: number; accuracy: number } {
  return tf.tidy(() => {
    let accuracy = 0;
    const loss = optimizer.minimize(() => {
      const logits = model.predict(images) as tf.Tensor2D;
      accuracy = logits.argMax(1).equal(labels.argMax(1)).mean().dataSync()[0]!;
      return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    }, true)!;
    return { loss: loss.dataSync()[0]!, accuracy };
  });
}

/** How the model does on digits that it has not seen. */
export function evaluate(
  model: tf.Sequential,
  digits: Digits,
): { loss: number; accuracy: number; confusion: readonly (readonly number[])[] } {
  return tf.tidy(() => {
    const logits = model.predict(digits.images) as tf.Tensor2D;
    const predicted = logits.argMax(1).dataSync();
    const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
    let correct = 0;
    for (const [i, actual] of digits.classes.entries()) {
      confusion[actual]![predicted[i]!]!++;
      if (predicted[i] === actual) correct++;
    }
    const loss = tf.losses.softmaxCrossEntropy(digits.labels, logits).dataSync()[0]!;
    return { loss, accuracy: correct / digits.count, confusion };
  });
}

/** What the filters of the first layer make of one digit: (1,7,7,filters). */
export function activationsOf(model: tf.Sequential, digit: tf.Tensor4D): tf.Tensor4D {
  return model.getLayer("conv").apply(digit) as tf.Tensor4D;
}
