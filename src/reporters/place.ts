import { posix } from 'node:path';
import type { Problem } from './problems.ts';
import { clean } from './text.ts';

/** A line of a file, for formats that hang what they tell on one. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The blamed line; where no line is to blame, the first one of the file of the loss. Null for a loss without a
 * file, as the built-in ones are.
 */
export function placeOf({ location, loss }: Pick<Problem, 'location' | 'loss'>): Place | null {
  if (location !== null) return { file: clean(location.file), line: location.line, column: location.column };
  return loss.file === null ? null : { file: clean(loss.file), line: 1, column: 1 };
}

/** For formats that cannot do without a file: the name of the loss stands for it. */
export function placeOrName(problem: Pick<Problem, 'location' | 'loss'>): Place {
  return placeOf(problem) ?? { file: clean(problem.loss.id), line: 1, column: 1 };
}

/**
 * A path of the report, relative to the root of the repository.
 *
 * @param root path of the working directory in there: '' or 'packages/a/'
 */
export function inRepository(root: string, file: string): string {
  const isAbsolute = posix.isAbsolute(file) || /^[A-Za-z]:\//.test(file);
  return isAbsolute ? file : posix.normalize(root + file);
}
