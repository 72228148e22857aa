import { resolve } from 'node:path';
import { UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';
import { displayPath } from '../../load/paths.ts';
import { REPORTER_NAMES, type ReporterName } from '../../reporters/names.ts';
import { parseChoice, withChoices } from './scalars.ts';

const FLAG = '--reporter';

/** How the files of a format end, where that is not its name. */
const ENDINGS: Readonly<Record<string, string>> = { table: 'txt', compact: 'txt', github: 'txt', junit: 'xml', gitlab: 'json', markdown: 'md' };

/** One `--reporter name[:path]`. */
export interface ReporterTarget<N extends string> {
  readonly name: N;
  /** As it was given; null for stdout. */
  readonly path: string | null;
}

/** What reads `--reporter`, for a command that knows these formats. */
export function reporterFlag<const N extends string>(names: readonly N[]) {
  const parseName = parseChoice(FLAG, names);
  return withChoices(names, (text: string, previous: readonly ReporterTarget<N>[] = []): readonly ReporterTarget<N>[] => {
    const colon = text.indexOf(':');
    const name = parseName(colon === -1 ? text : text.slice(0, colon));
    const path = colon === -1 ? null : text.slice(colon + 1);
    if (path === '') {
      throw new UsageError(`${FLAG}: found ${quote(text)}, expected a path after the colon; for example ${FLAG} ${name}:report.txt`);
    }
    return [...previous, { name, path }];
  });
}

/**
 * The reporters of a run: the table on stdout when none is named.
 *
 * @throws UsageError when two of them would write to the same place
 */
export function chooseReporters<N extends string>(
  targets: readonly ReporterTarget<N>[] | undefined,
  cwd: string,
): readonly ReporterTarget<N | 'table'>[] {
  const chosen: readonly ReporterTarget<N | 'table'>[] = targets ?? [{ name: 'table', path: null }];
  const places = chosen.map(({ path }) => (path === null ? 'stdout' : resolve(cwd, path)));
  const twice = chosen.find((_, index) => places.indexOf(places[index] ?? '') !== index);
  if (twice === undefined) return chosen;
  if (twice.path !== null) {
    throw new UsageError(`${FLAG}: two reporters write to ${quote(twice.path)}; give each its own file`);
  }
  const example = `${FLAG} ${twice.name}:report.${ENDINGS[twice.name] ?? twice.name}`;
  throw new UsageError(
    `${FLAG}: only one reporter can write to stdout; give the others a file, for example ${example}`,
  );
}

const parseConfigured = reporterFlag(REPORTER_NAMES);

/**
 * The reporters that a config names, else the table on stdout. Their paths are relative to the config.
 *
 * @throws UsageError for one that there is not, or two that would write to the same place
 */
export function configuredReporters(config: Configured | null, cwd: string): readonly ReporterTarget<ReporterName>[] {
  const { facts: { reporters = [] } = {}, transfer: { shown, directory } = { shown: '', directory: cwd } } = config ?? {};
  try {
    const parsed = reporters.flatMap((text) => parseConfigured(text));
    const placed = parsed.map(({ name, path }) => ({ name, path: path === null ? null : displayPath(resolve(directory, path), cwd) }));
    return chooseReporters(placed.length === 0 ? undefined : placed, cwd);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${shown}: reporters: ${error.message}`, error.hint);
  }
}

interface Configured {
  readonly facts: { readonly reporters?: readonly string[] | undefined };
  readonly transfer: { readonly shown: string; readonly directory: string };
}
