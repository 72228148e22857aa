import type { SelftestReport } from '../contracts/power.ts';
import type { EvaluationReport, Report, ReporterOptions } from '../contracts/report.ts';
import type { PlainReporterName, ReporterName } from './names.ts';

/** Formats by name. Each is loaded when it is asked for: most runs write one. */
type Renderers<N extends string, R> = Readonly<Record<N, () => Promise<(report: R, options: ReporterOptions) => string>>>;

/** Reporters of `verify` and `merge`. */
export const REPORTERS: Renderers<ReporterName, Report> = {
  table: async () => (await import('./table.ts')).renderTable,
  json: async () => (await import('./json.ts')).renderJson,
  html: async () => (await import('./html/page.ts')).renderHtml,
};

/** Reporters of `eval`. */
export const EVALUATION_REPORTERS: Renderers<PlainReporterName, EvaluationReport> = {
  table: async () => (await import('./evaluation.ts')).renderEvaluation,
  json: async () => (await import('./json.ts')).toJson,
};

/** Reporters of `selftest`. */
export const SELFTEST_REPORTERS: Renderers<PlainReporterName, SelftestReport> = {
  table: async () => (await import('./selftest.ts')).renderSelftest,
  json: async () => (await import('./json.ts')).toJson,
};
