/** What `--reporter` accepts. Apart from the reporters, so that `--help` need not load them. */

/** For `verify` and `merge`. */
export const REPORTER_NAMES = ['table', 'json', 'ndjson', 'junit', 'sarif', 'github', 'gitlab', 'markdown', 'compact'] as const;

/** For `eval` and `selftest`, whose answer is no report of findings. */
export const PLAIN_REPORTER_NAMES = ['table', 'json'] as const;

export type ReporterName = (typeof REPORTER_NAMES)[number];
export type PlainReporterName = (typeof PLAIN_REPORTER_NAMES)[number];
