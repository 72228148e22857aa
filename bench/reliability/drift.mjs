import { significant, table } from '../support/markdown.mjs';
import { median } from '../support/stats.mjs';

/** Whether something that was measured over and over grows. */

/** What a long-lived process may grow by: MiB in 1,000 verifications. */
const MOST_GROWTH = 5;
/** MiB below which a rise says nothing: an allocator and a collector move by as much from one look to the next. */
const NOISE = { rss: 8, heap: 2, buffers: 2 };
/** It takes some 300 verifications until an allocator has what it needs: the resident set of fewer says nothing. */
const SETTLED = { rss: 1000 };

const NAMES = {
  rss: 'resident set, MiB',
  heap: 'heap after a collection, MiB',
  buffers: 'buffers outside of the heap, MiB',
  files: 'open file descriptors',
  processes: 'processes',
  handles: 'handles that keep it alive',
  listeners: 'listeners on process',
  temporary: 'temporary files',
};

/** Theil-Sen: the median of the slopes between any two points. A few wild points do not move it. */
function slopeOf(points) {
  return median(points.flatMap(([x, y], index) => points.slice(index + 1).map(([x2, y2]) => (y2 - y) / (x2 - x))));
}

/**
 * A table on samples `{ done, <measure>: number }`, and whether everything in it is flat. The first quarter warms up.
 *
 * Memory is flat when it grows by less than MOST_GROWTH in 1,000 verifications, or over the whole measured part by less
 * than can be told from noise. Whatever is counted is flat when the least of the last quarter is no more than that of
 * the second: a timer that happens to run as one looks is no leak, and a leak raises the least too.
 */
export function judgeDrift(samples) {
  const quarter = Math.floor(samples.length / 4);
  if (quarter < 2) throw new Error(`${samples.length} samples are too few to judge`);
  const measured = samples.slice(quarter);
  const [second, last] = [measured.slice(0, quarter), measured.slice(-quarter)];
  const span = measured.at(-1).done - measured[0].done;
  let isFlat = true;
  const rows = Object.keys(NAMES).filter((name) => samples[0][name] !== undefined).map((name) => {
    const valuesOf = (part) => part.map((sample) => sample[name]);
    const leastOf = (part) => Math.min(...valuesOf(part));
    const slope = slopeOf(measured.map(({ done, [name]: value }) => [done, value]));
    const noise = NOISE[name];
    const passes = noise === undefined ? leastOf(last) <= leastOf(second) : slope * 1000 < MOST_GROWTH || slope * span < noise;
    const isJudged = samples.at(-1).done >= (SETTLED[name] ?? 0);
    isFlat &&= passes || !isJudged;
    const verdict = passes ? 'PASS' : 'FAIL';
    const limit = noise === undefined ? 'no more' : `${MOST_GROWTH}, or ${noise} in all`;
    const typicalOf = noise === undefined ? leastOf : (part) => median(valuesOf(part));
    return [NAMES[name], significant(typicalOf(second), 4), significant(typicalOf(last), 4), significant(slope * 1000), limit, isJudged ? verdict : `too few to judge, from ${SETTLED[name]}`];
  });
  return { text: table(['measured', 'second quarter', 'last quarter', 'growth in 1,000', 'limit', ''], rows), isFlat };
}
