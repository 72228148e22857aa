import type { CodeFrame, SourceLocation } from './source.ts';

/** The exit codes are an interface: scripts depend on them. */
export const EXIT = {
  passed: 0,
  failed: 1,
  usage: 2,
  load: 3,
  crashed: 4,
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong flags, options or config: exit 2. One line, then how to mend it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | null;
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

export const LOAD_ERROR_CODES = [
  'file-not-found',
  'no-files',
  'unsupported-file',
  'syntax-error',
  'missing-import',
  'import-threw',
  'no-loss',
  'export-not-found',
  'invalid-metadata',
  'unknown-loss',
  'inputs-not-inferred',
] as const;

export type LoadErrorCode = (typeof LOAD_ERROR_CODES)[number];

/** A target that could not be loaded: it becomes an entry of the report with verdict `error`. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly code: LoadErrorCode;
  readonly fix: string;
  readonly location: SourceLocation | null;
  readonly frame: CodeFrame | null;
  constructor(
    code: LoadErrorCode,
    message: string,
    details: { fix: string; location?: SourceLocation | null; frame?: CodeFrame | null },
  ) {
    super(message);
    this.code = code;
    this.fix = details.fix;
    this.location = details.location ?? null;
    this.frame = details.frame ?? null;
  }
}

/** The loss was run at a point and gave nothing that can be reported: exit 1, or 4 when its process ended. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly fix: string;
  readonly location: SourceLocation | null;
  readonly exitCode: ExitCode;
  constructor(message: string, details: { fix: string; location?: SourceLocation | null; exitCode?: ExitCode }) {
    super(message);
    this.exitCode = details.exitCode ?? EXIT.failed;
    this.fix = details.fix;
    this.location = details.location ?? null;
  }
}
