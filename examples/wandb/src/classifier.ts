/** A point belongs to class 1 if the weighted sum of 1, x and y is positive. */
export interface Classifier {
  readonly weights: Float64Array;
}

const BATCH = 32;

/** What is to be learnt: points above a line. x and y go from -1 to 1. */
export function classOf(x: number, y: number): 0 | 1 {
  return y > 0.6 * x - 0.2 ? 1 : 0;
}

/** The probability of class 1. */
export function predict({ weights }: Classifier, x: number, y: number): number {
  return 1 / (1 + Math.exp(-(weights[0]! + weights[1]! * x + weights[2]! * y)));
}

/** One step of gradient descent on points by chance. @returns the mean loss before it */
export function trainStep(classifier: Classifier, learningRate: number): number {
  const gradient = new Float64Array(3);
  let loss = 0;
  for (let index = 0; index < BATCH; index++) {
    const [x, y] = [Math.random() * 2 - 1, Math.random() * 2 - 1];
    const truth = classOf(x, y);
    const guess = predict(classifier, x, y);
    loss -= Math.log(truth === 1 ? guess : 1 - guess) / BATCH;
    for (const [axis, value] of [1, x, y].entries()) gradient[axis]! += ((guess - truth) * value) / BATCH;
  }
  for (let axis = 0; axis < 3; axis++) classifier.weights[axis]! -= learningRate * gradient[axis]!;
  return loss;
}

/** The share of a grid of points that are classified right. */
export function accuracyOf(classifier: Classifier): number {
  const side = 20;
  let right = 0;
  for (let index = 0; index < side ** 2; index++) {
    const [x, y] = [(index % side) / 10 - 1, Math.floor(index / side) / 10 - 1];
    right += Number(predict(classifier, x, y) > 0.5 === (classOf(x, y) === 1));
  }
  return right / side ** 2;
}
