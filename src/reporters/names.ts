/** What `--reporter` accepts. Apart from the reporters, so that `--help` need not load them. */

/** For `verify` and `merge`. */
export const REPORTER_NAMES = ['table', 'json', 'ndjson', 'junit', 'sarif', 'github', 'gitlab', 'markdown', 'compact', 'html'] as const;

/** Those that show, or keep, more than a verdict needs: for them the checks keep what they saw. */
export const DETAILED_REPORTERS: readonly ReporterName[] = ['html', 'json', 'ndjson'];

/** For `eval` and `selftest`, whose answer is no report of findings. */
export const PLAIN_REPORTER_NAMES = ['table', 'json'] as const;

export type ReporterName = (typeof REPORTER_NAMES)[number];
export type PlainReporterName = (typeof PLAIN_REPORTER_NAMES)[number];
