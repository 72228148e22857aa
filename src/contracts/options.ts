import type { BackendChoice, EngineChoice } from './backend.ts';
import type { InputMetadata } from './metadata.ts';

/** Options of `verify`, on the command line and in the API. Absent means the default. */
export interface VerifyOptions {
  /** Files, `file#export`, globs, folders, or ids of built-in losses. Without one: those of the config. */
  readonly targets?: readonly string[];
  /** Every built-in loss as well. */
  readonly all?: boolean;
  /** Only these checks. */
  readonly check?: readonly string[];
  readonly skip?: readonly string[];
  /** Id of a built-in loss that the targets are compared with, by value and gradient. */
  readonly against?: string;
  /** Overrides of input declarations, by input name. */
  readonly input?: Readonly<Record<string, InputMetadata>>;
  /** Parameters of a built-in loss or of a `defineLoss` with `params`. */
  readonly param?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  /** Random points a loss is checked at. */
  readonly samples?: number;
  /** Relative tolerance of `gradient-match`. */
  readonly rtol?: number;
  readonly backend?: BackendChoice;
  /** Run user modules in a child process (default) or in this one. */
  readonly isolate?: boolean;
  /** Seconds that one loss may take. */
  readonly timeout?: number;
  /** Seconds that the whole run may take. */
  readonly runTimeout?: number;
  /** Megabytes that the process of a user's module may hold. */
  readonly maxMemory?: number;
  /** Files and folders outside the project that isolated modules may read. */
  readonly allowRead?: readonly string[];
  /** Environment variables, by name, that isolated modules may read beside the harmless ones. */
  readonly allowEnv?: readonly string[];
  /** Warnings and inconclusive checks fail the run. */
  readonly strict?: boolean;
  /** Keep what pictures need in the report: `checks[].evidence`, `losses[].source`. Default: false. */
  readonly details?: boolean;
  /** False to call the loss for every coordinate by itself; true by default. */
  readonly lanes?: boolean;
  /** Modules checked side by side, each in a process of its own. Default: 1 for one target, else the cores there are, up to 8. */
  readonly jobs?: number;
  /** Only one of `count` parts of the targets, from 1. The reports of all parts merge into that of the whole. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Only targets that differ from a git ref in their file or in what it imports; true for the usual one. */
  readonly changed?: boolean | string;
  /** Take verdicts on modules that have not changed from the cache, and put new ones there. Default: false. */
  readonly cache?: boolean;
  /** The config: a file, or false for none. Default: the nearest `losscheck.config.*` or `losscheck` field of a package.json. */
  readonly config?: string | false;
  /** A file of known findings, which do not count. False for none where the config names one. */
  readonly baseline?: string | false;
  /** What relative targets and reported paths are relative to. */
  readonly cwd?: string;
}

export interface Progress {
  /** Losses finished so far, and known so far. */
  readonly done: number;
  readonly total: number;
  /** What runs now: 'myloss.ts#default', and the check once one has begun. */
  readonly loss: string | null;
  readonly check: string | null;
}

export interface EvaluateOptions extends Pick<VerifyOptions, 'maxMemory' | 'allowRead' | 'allowEnv'> {
  /** One loss: `file`, `file#export` or a built-in id. */
  readonly target: string;
  /** Input name to nested numbers. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly param?: Readonly<Record<string, unknown>>;
  readonly precision?: 32 | 64;
  readonly backend?: EngineChoice;
  readonly isolate?: boolean;
  readonly timeout?: number;
  readonly config?: string | false;
  readonly cwd?: string;
}

/** `selftest`: one target, and what `verify` accepts for it. */
export interface SelftestOptions extends Pick<VerifyOptions, 'input' | 'param' | 'seed' | 'samples' | 'rtol' | 'isolate' | 'timeout' | 'maxMemory' | 'allowRead' | 'allowEnv' | 'config' | 'cwd'> {
  readonly target: string;
  readonly backend?: EngineChoice;
}

export interface MergeOptions {
  /** JSON reports: files, folders or globs. */
  readonly reports: readonly string[];
  readonly cwd?: string;
}
