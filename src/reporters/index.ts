import type { EvaluationReport, Reporter, ReporterOptions } from '../contracts/report.ts';
import type { SelftestReport } from '../contracts/power.ts';
import { renderEvaluation } from './evaluation.ts';
import { renderJson, toJson } from './json.ts';
import type { ReporterName } from './names.ts';
import { renderSelftest } from './selftest.ts';
import { renderTable } from './table.ts';

export type EvaluationReporter = (report: EvaluationReport, options: ReporterOptions) => string;

/** Reporters of `verify`. */
export const REPORTERS: Readonly<Record<ReporterName, Reporter>> = {
  table: renderTable,
  json: renderJson,
};

/** Reporters of `eval`. */
export const EVALUATION_REPORTERS: Readonly<Record<ReporterName, EvaluationReporter>> = {
  table: renderEvaluation,
  json: toJson,
};

/** Reporters of `selftest`. */
export const SELFTEST_REPORTERS: Readonly<Record<ReporterName, (report: SelftestReport, options: ReporterOptions) => string>> = {
  table: renderSelftest,
  json: toJson,
};
