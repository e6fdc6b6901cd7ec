import { image, type Logger } from "@mlog/core";
import * as tf from "@tensorflow/tfjs";
import { type Digits, SIZE } from "./data.ts";
import { activationsOf } from "./model.ts";

/** How many digits are shown per epoch. */
const SHOWN = 16;

/** What the model sees and says of the first digits: a table of pictures, its activations, its weights. */
export function logPictures(logger: Logger, model: tf.Sequential, digits: Digits): void {
  const { predicted, maps, weights } = tf.tidy(() => {
    const shown = digits.images.slice([0], [SHOWN]);
    const logits = model.predict(shown) as tf.Tensor2D;
    const activations = activationsOf(model, shown.slice([0], [1]));
    return {
      predicted: logits.argMax(1).dataSync(),
      // Values above 1 are taken for bytes, so that small ones would all be black.
      maps: activations.div(activations.max()).unstack(3),
      weights: model.getLayer("conv").getWeights()[0]!,
    };
  });
  const pixels = digits.images.dataSync();
  const rows = Array.from({ length: SHOWN }, (_, i) => {
    const data = pixels.subarray(i * SIZE * SIZE, (i + 1) * SIZE * SIZE);
    const actual = digits.classes[i]!;
    return [image({ data, shape: [SIZE, SIZE] }), actual, predicted[i]!, predicted[i] === actual];
  });
  logger.logTable(["image", "actual", "predicted", "right"], rows, { name: "predictions" });
  logger.logImages(maps, { name: "activations" });
  logger.logHistogram("weights/conv", weights);
  tf.dispose(maps);
}
