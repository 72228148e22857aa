import type { LossReport } from '../contracts/report.ts';
import { resolveTargets, type FileTarget } from '../load/targets.ts';
import { builtIns } from './builtins.ts';
import { fileRequest } from './bundle.ts';
import { loadFailure } from './failure-report.ts';
import type { ModuleRequest } from './messages.ts';
import type { RunOptions } from './options.ts';

/** A user's file, or one export of it. */
export interface FileUnit {
  readonly kind: 'file';
  readonly key: string;
  readonly target: FileTarget;
  /** The file, bundled: once, whoever asks. */
  readonly module: () => Promise<ModuleRequest>;
}

/** What a run is made of, in the order of the report: the least that is chosen, sharded and checked by itself. */
export type Unit =
  | { readonly kind: 'error'; readonly key: string; readonly report: LossReport }
  | { readonly kind: 'built-in'; readonly key: string }
  | FileUnit;

export async function findUnits({ targets, all }: { readonly targets: readonly string[]; readonly all: boolean }, options: RunOptions): Promise<readonly Unit[]> {
  const { ids } = builtIns();
  const { files, builtins, errors } = await resolveTargets(targets, options.cwd, ids);
  return [
    ...errors.map(({ target, error }): Unit => {
      const file = error.code === 'unknown-loss' ? null : (target.split('#', 1)[0] ?? null);
      return { kind: 'error', key: target, report: loadFailure(error, { id: target, file, exportName: null }, options) };
    }),
    ...(all ? ids : builtins).map((id): Unit => ({ kind: 'built-in', key: id })),
    ...files.map((target) => fileUnit(target, options)),
  ];
}

function fileUnit(target: FileTarget, where: RunOptions): FileUnit {
  const { file, displayPath, exportName, explicit } = target;
  let module: Promise<ModuleRequest> | null = null;
  return {
    kind: 'file',
    key: exportName === null ? displayPath : `${displayPath}#${exportName}`,
    target,
    module: () => (module ??= fileRequest(file, displayPath, exportName, explicit, where)),
  };
}

/** Files of which every loss is asked for, absolute. */
export function wholeFilesOf(units: readonly Unit[]): ReadonlySet<string> {
  return new Set(units.flatMap((unit) => (unit.kind === 'file' && unit.target.exportName === null ? [unit.target.file] : [])));
}
