import { LoadError } from '../contracts/errors.ts';
import type { LoadedLoss } from '../load/discover.ts';
import type { Locator } from '../load/source-map.ts';
import type { FunctionPlace } from './messages.ts';

/**
 * The export that a function met at run time is: the one that begins on its line, and where that is not clear, the one
 * of its name.
 *
 * @throws LoadError `export-not-found` when there is none, or more than one
 */
export function lossAt<P extends { readonly reference: LoadedLoss }>(
  place: FunctionPlace,
  exported: readonly P[],
  fileId: string,
  locator: Pick<Locator, 'locateText'>,
): P {
  const { lines, name, form } = place;
  const losses = exported.filter(({ reference }) => reference.form === form);
  const placed = losses.map((loss) => ({ loss, line: lineOf(loss, fileId, locator) }));
  const isNamed = ({ loss }: { loss: P }): boolean => name !== '' && loss.reference.exportNames.includes(name);
  // Of two functions with the same text only the first is found: the line of neither says anything then.
  const isUnclear = ({ line }: { line: number | null }): boolean => line === null || placed.filter((other) => other.line === line).length > 1;
  const matching = placed.filter((each) => (lines.length === 0 || isUnclear(each) ? isNamed(each) : each.line !== null && lines.includes(each.line)));
  const same = matching.length > 0 ? matching : placed.filter(({ line }) => line !== null && lines.includes(line));
  const [only, ...others] = same;
  if (only === undefined) throw notExported(place, fileId, exported);
  if (others.length > 0) {
    const names = same.map(({ loss }) => loss.reference.exportName);
    throw new LoadError('export-not-found', `${describe(place, fileId)} may be ${names.join(' or ')}: they are made by the same code`, {
      fix: `Name the one that is meant: '${fileId}#${names[0]}'.`,
    });
  }
  return only.loss;
}

function lineOf({ reference }: { readonly reference: LoadedLoss }, fileId: string, locator: Pick<Locator, 'locateText'>): number | null {
  const location = locator.locateText(reference.functionText);
  return location === null || location.file !== fileId ? null : location.line;
}

function notExported(place: FunctionPlace, fileId: string, losses: readonly { readonly reference: LoadedLoss }[]): LoadError {
  const names = losses.map(({ reference }) => reference.exportName);
  const [first = 'name'] = names;
  return new LoadError('export-not-found', `${describe(place, fileId)} is no loss that the file exports`, {
    fix: `Export it, or name a loss of the file: '${fileId}#${first}'${names.length > 1 ? ` (it exports ${names.join(', ')})` : ''}.`,
  });
}

function describe({ lines, name }: FunctionPlace, fileId: string): string {
  const what = name === '' ? 'the function' : name;
  return lines.length === 0 ? `${what}, of ${fileId},` : `${what}, which begins at ${fileId}:${lines[0]},`;
}
