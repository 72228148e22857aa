/** The public interface of the package `losscheck`. */
export { defineLoss } from './contracts/define-loss.ts';
export type { DefinedLoss, LossDefinition, LossDocumentation, LossResult, ParameterSchema } from './contracts/define-loss.ts';
export type { Domain, DomainName, RangeDomain, Role, Sampler } from './contracts/domain.ts';
export { EvaluationError, LoadError, UsageError } from './contracts/errors.ts';
export type { InputMetadata, LossMetadata } from './contracts/metadata.ts';
export type { EvaluateOptions, Progress, VerifyOptions } from './contracts/options.ts';
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
export { evaluate, verify } from './run/index.ts';
