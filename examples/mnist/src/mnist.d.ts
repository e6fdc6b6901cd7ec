declare module "mnist" {
  interface Digit {
    /** 28 x 28 grey values from 0 to 1, row by row. */
    readonly input: readonly number[];
    /** One-hot, 10 classes. */
    readonly output: readonly number[];
  }
  const mnist: { set(training: number, test: number): { training: Digit[]; test: Digit[] } };
  export default mnist;
}
