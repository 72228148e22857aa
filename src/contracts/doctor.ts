import type { EngineChoice } from './backend.ts';
import type { EngineReport } from './report.ts';

/** What `losscheck doctor` found out about a project and this machine, version 1. */
export interface DoctorReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'losscheck'; readonly version: string };
  readonly node: { readonly version: string; readonly required: string; readonly supported: boolean };
  /** `linux x64`. */
  readonly platform: string;
  /** Null where it does not compile a line of TypeScript. */
  readonly compiler: { readonly name: 'esbuild'; readonly version: string } | null;
  /** What `verify` would use without a flag; null where no engine starts. */
  readonly engines: { readonly reference: EngineReport; readonly production: EngineReport } | null;
  readonly backends: readonly BackendReport[];
  /** Every package of TensorFlow.js that this project has installed, by name, then path. */
  readonly packages: readonly PackageCopy[];
  readonly cache: { readonly folder: string; readonly writable: boolean };
  /** What modules of users are kept from. */
  readonly isolation: IsolationReport;
  /** The config file, relative to the working directory; null where there is none, or none that can be read. */
  readonly config: string | null;
  readonly problems: readonly DoctorProblem[];
  /** 0 when `verify` can work, 3 when it cannot. */
  readonly exitCode: number;
}

interface IsolationReport {
  /** The flag of Node that modules run under. */
  readonly flag: string;
  /** What was tried under it and refused. */
  readonly refused: readonly string[];
  /** What was tried and went through. */
  readonly notRefused: readonly string[];
  /** Which memory of a module's process is limited: all that it holds, or only what its JavaScript does. */
  readonly memory: 'resident' | 'heap';
  /** What becomes of a module's process when losscheck is killed. */
  readonly orphans: 'ended' | 'may survive a kill of losscheck';
}

export interface BackendReport {
  /** What `--backend` calls it. */
  readonly name: Exclude<EngineChoice, 'auto'>;
  /** True for the one that `--backend auto` takes. */
  readonly chosen: boolean;
  /** Why it cannot be used; null when it can. */
  readonly problem: string | null;
  /** How to get it, in one line; null where it works, or nobody can say. */
  readonly fix: string | null;
}

export interface PackageCopy {
  readonly name: string;
  readonly version: string;
  /** Its folder, relative to the working directory. */
  readonly path: string;
}

export interface DoctorProblem {
  /** `verify` cannot work with an error; with a warning it works less well. */
  readonly severity: 'error' | 'warning';
  readonly about: 'node' | 'compiler' | 'engines' | 'packages' | 'config' | 'cache' | 'isolation';
  readonly message: string;
  readonly fix: string;
}

export interface DoctorOptions {
  readonly cwd?: string;
}
