import type { EnginesReport, LossReport } from '../contracts/report.ts';
import type { Event } from './messages.ts';
import { toError } from './serve.ts';

/** What is known so far of one module that is being checked. */
export interface Tally {
  readonly losses: LossReport[];
  engines: EnginesReport | null;
  readonly found: Set<string>;
  /** What `--param` and `--input` may name. */
  readonly parameters: Set<string>;
  readonly inputs: Set<string>;
}

export function newTally(losses: readonly LossReport[] = []): Tally {
  return { losses: [...losses], engines: null, found: new Set(), parameters: new Set(), inputs: new Set() };
}

/**
 * Books what a module's process says.
 *
 * @throws the error that the request was refused with
 */
export function note(tally: Tally, event: Event): void {
  switch (event.kind) {
    case 'engines':
      tally.engines = event.engines;
      break;
    case 'found':
      for (const id of event.ids) tally.found.add(id);
      for (const name of event.parameters) tally.parameters.add(name);
      for (const name of event.inputs) tally.inputs.add(name);
      break;
    case 'finished':
      tally.losses.push(event.report);
      break;
    case 'refused':
    case 'failed':
      throw toError(event);
    case 'started':
    case 'stopped':
    case 'cold':
    case 'evaluated':
    case 'configured':
    case 'measured':
    case 'done':
      break;
  }
}

/** A folder may hold files without a loss; only a file that somebody named has to have one. */
export function dropFilesWithoutLoss({ losses }: Tally): void {
  // An export by name is one that could not be looked at: that is a problem, wherever it was found.
  const kept = losses.filter((loss) => loss.export !== null || !loss.findings.some(({ code }) => code === 'no-loss'));
  losses.splice(0, Infinity, ...kept);
}
