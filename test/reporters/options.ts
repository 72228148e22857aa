import type { ReporterOptions } from '../../src/contracts/report.ts';

/** As for a pipe at the root of a repository. */
export const PLAIN: ReporterOptions = { color: false, verbose: false, quiet: false, width: 80, root: '' };
