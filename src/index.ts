/**
 * The public interface of the package `losscheck`.
 *
 * - `defineLoss` declares a loss with its inputs, so that nothing has to be inferred.
 * - `defineConfig` declares what `losscheck.config.ts` exports, and `defineCheck` a check of the project's own in it.
 * - `verify` checks losses and resolves to the report that `--reporter json` writes.
 * - `merge` puts JSON reports together, those of all shards of a run to the report of the run.
 * - `evaluate` gives value, components and gradients of one loss at a point.
 * - `selftest` plants faults in the gradient of a loss and counts how many are caught.
 * - `UsageError`, `LoadError` and `EvaluationError` are what they throw when something that a person can mend
 *   is wrong; every other error is a bug in losscheck.
 *
 * @example
 * import { verify } from 'losscheck';
 *
 * const report = await verify({ targets: ['src/losses'], strict: true });
 * process.exitCode = report.exitCode;
 *
 * @example
 * import { evaluate } from 'losscheck';
 *
 * const { value, gradients } = await evaluate({ target: 'mse', inputs: { yPred: [1, 2], yTrue: [1, 4] } });
 * // value 2, gradients { yPred: [0, -2] }
 */
export { defineCheck } from './contracts/check.ts';
export type { Check, CheckContext, CheckOutcome, OwnCheck, OwnFinding, Sample } from './contracts/check.ts';
export { defineConfig } from './contracts/config.ts';
export type { LosscheckConfig } from './contracts/config.ts';
export { defineLoss } from './contracts/define-loss.ts';
export type {
  DefinedLoss,
  LossDefinition,
  LossDocumentation,
  LossFunction,
  LossResult,
  ParameterSchema,
} from './contracts/define-loss.ts';
export type { Domain, DomainName, RangeDomain, Role, Sampler } from './contracts/domain.ts';
export type { Evaluation, GradientEvaluation, LossProbe } from './contracts/engine.ts';
export { EvaluationError, LoadError, UsageError } from './contracts/errors.ts';
export type { EvidenceReport } from './contracts/evidence.ts';
export type { InputMetadata, LossMetadata } from './contracts/metadata.ts';
export type { EvaluateOptions, MergeOptions, Progress, SelftestOptions, VerifyOptions } from './contracts/options.ts';
export type {
  CheckReport,
  CheckStatus,
  EngineReport,
  EvaluationReport,
  FindingReport,
  InputReport,
  LocationReport,
  LossReport,
  Report,
  Severity,
  Verdict,
} from './contracts/report.ts';
export type { LossPower, PlantedCount, SelftestReport } from './contracts/power.ts';
export type { Point, TensorData } from './contracts/tensor.ts';
export { evaluate, merge, selftest, verify } from './run/index.ts';
