/** What `--reporter` accepts. Apart from the reporters, so that `--help` need not load them. */
export const REPORTER_NAMES = ['table', 'json'] as const;

export type ReporterName = (typeof REPORTER_NAMES)[number];
