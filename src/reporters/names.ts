/** What `--reporter` accepts. Apart from the reporters, so that `--help` need not load them. */

/** For `verify` and `merge`. */
export const REPORTER_NAMES = ['table', 'json'] as const;

/** Those that show what the checks saw, beside what they found: such a run keeps it. */
export const DETAILED_REPORTERS: readonly string[] = ['html', 'json', 'ndjson'];

/** For `eval` and `selftest`, whose answer is no report of findings. */
export const PLAIN_REPORTER_NAMES = ['table', 'json'] as const;

export type ReporterName = (typeof REPORTER_NAMES)[number];
export type PlainReporterName = (typeof PLAIN_REPORTER_NAMES)[number];
