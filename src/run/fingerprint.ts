import { createHash } from 'node:crypto';
import type { LocationReport } from '../contracts/report.ts';
import { displayPath } from '../load/paths.ts';
import type { RunOptions } from './options.ts';

/** What a loss is called from run to run: the same in whichever folder below the config losscheck runs. */
export function lastingName(file: string, exportName: string | null, { config, cwd }: Pick<RunOptions, 'config' | 'cwd'>): string {
  const shown = displayPath(file, config?.directory ?? cwd);
  return exportName === null ? shown : `${shown}#${exportName}`;
}

/** What names a finding from run to run. */
export interface Named {
  readonly loss: string;
  readonly check: string;
  readonly code: string;
  /** The input that it is about. */
  readonly input?: unknown;
  readonly location?: LocationReport | null;
}

/**
 * The fingerprint of a finding: the same after lines above it moved and after another seed, another one for
 * another fault. The text of the blamed line is part of it, its number is not; nor is any measured number.
 *
 * @param occurrence tells apart findings of one check that have all else in common, from 0
 */
export function fingerprintOf({ loss, check, code, input, location }: Named, occurrence = 0): string {
  const line = location?.frame?.lines[location.line - location.frame.startLine] ?? '';
  const parts = [loss, check, code, typeof input === 'string' ? input : '', location?.op ?? '', line.trim().replace(/\s+/g, ' '), occurrence];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Gives out fingerprints of one check, counting those that would be the same. */
export function fingerprinter(loss: string, check: string): (found: Omit<Named, 'loss' | 'check'>) => string {
  const seen = new Map<string, number>();
  return (found) => {
    const base = fingerprintOf({ loss, check, ...found });
    const occurrence = seen.get(base) ?? 0;
    seen.set(base, occurrence + 1);
    return occurrence === 0 ? base : fingerprintOf({ loss, check, ...found }, occurrence);
  };
}

/** The code of an inconclusive check in a baseline, where no finding stands for it. */
export const UNDECIDED = 'inconclusive';
