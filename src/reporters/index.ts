import type { EvaluationReport, Reporter, ReporterOptions } from '../contracts/report.ts';
import { renderEvaluation } from './evaluation.ts';
import { renderJson, toJson } from './json.ts';
import type { ReporterName } from './names.ts';
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
