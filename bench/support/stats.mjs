/** What is done with several measurements of one thing. */

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One ratio a round: what slows the machine down for a while slows both down. */
export function ratios(values, references) {
  return values.slice(0, references.length).map((value, round) => value / references[round]);
}

/** Slope of the least-squares line through (log size, log value): the p of value = c size^p. */
export function exponent(sizes, values) {
  const xs = sizes.map(Math.log);
  const ys = values.map(Math.log);
  const mean = (numbers) => numbers.reduce((total, number) => total + number, 0) / numbers.length;
  const [x, y] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((total, value, index) => total + (value - x) * (ys[index] - y), 0);
  return covariance / xs.reduce((total, value) => total + (value - x) ** 2, 0);
}

/**
 * Runs every cell once a round, one after the other, so that noise hits all alike. With `warmUp`, a first round
 * does not count.
 *
 * A cell is `{ name, run }`; `run(round)` resolves to `{ value, ...facts }`, `{ over: true }` when it was stopped,
 * or `{ error }`. A cell that was stopped or failed is not run again, and none is once it has taken `limit` seconds.
 *
 * @returns by name: the values of its rounds, the facts of the last one, and `over` or `error`
 */
export async function alternate(cells, { runs, limit, warmUp = true }) {
  const results = new Map(cells.map(({ name }) => [name, { values: [], facts: {}, over: false, error: null, spent: 0 }]));
  for (let round = warmUp ? 0 : 1; round <= runs; round++) {
    for (const { name, run } of cells) {
      const result = results.get(name);
      if (result.over || result.error !== null || (result.values.length > 0 && result.spent > limit)) continue;
      process.stderr.write(`  ${round === 0 ? 'warming up' : `run ${round} of ${runs}`}: ${name}\n`);
      const started = performance.now();
      const { value, over = false, error = null, ...facts } = await run(round);
      result.spent += (performance.now() - started) / 1000;
      Object.assign(result, { over, error });
      if (over || error !== null) continue;
      result.facts = facts;
      if (round > 0) result.values.push(value);
    }
  }
  return results;
}
