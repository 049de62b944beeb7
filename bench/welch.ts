/** Welch's t: whether two samples have one mean, where their variances may differ. */

/** Absolute value of t, 0 where both samples are the same constant; below 4.5 even a million samples tell nothing apart. */
export function welchT(a: readonly number[], b: readonly number[]): number {
  const difference = Math.abs(mean(a) - mean(b));
  const error = Math.sqrt(variance(a) / a.length + variance(b) / b.length);
  return difference === 0 ? 0 : difference / error;
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Unbiased: over n − 1. */
function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((total, value) => total + (value - middle) ** 2, 0) / (values.length - 1);
}
