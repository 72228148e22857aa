import type { DoctorReport } from '../contracts/doctor.ts';
import type { SelftestReport } from '../contracts/power.ts';
import type { EvaluationReport, Report, ReporterOptions } from '../contracts/report.ts';
import type { PlainReporterName, ReporterName } from './names.ts';

/** Formats by name. Each is loaded when it is asked for: most runs write one. */
type Renderers<N extends string, R> = Readonly<Record<N, () => Promise<(report: R, options: ReporterOptions) => string>>>;

/** Reporters of `verify` and `merge`. */
export const REPORTERS: Renderers<ReporterName, Report> = {
  table: async () => (await import('./table.ts')).renderTable,
  json: async () => (await import('./json.ts')).renderJson,
  ndjson: async () => (await import('./ndjson.ts')).renderNdjson,
  junit: async () => (await import('./junit.ts')).renderJunit,
  sarif: async () => (await import('./sarif.ts')).renderSarif,
  github: async () => (await import('./github.ts')).renderGithub,
  gitlab: async () => (await import('./gitlab.ts')).renderGitlab,
  markdown: async () => (await import('./markdown.ts')).renderMarkdown,
  compact: async () => (await import('./compact.ts')).renderCompact,
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

/** Reporters of `doctor`. */
export const DOCTOR_REPORTERS: Renderers<PlainReporterName, DoctorReport> = {
  table: async () => (await import('./doctor.ts')).renderDoctor,
  json: async () => (await import('./json.ts')).toJson,
};
