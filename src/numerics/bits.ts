/** Position of the first number that is not the same to the bit, -1 where all are. NaN is the same as NaN. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index++) if (!Object.is(a[index], b[index])) return index;
  return -1;
}
