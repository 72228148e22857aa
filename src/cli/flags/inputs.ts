import { DOMAIN_NAMES, type Domain, type RangeDomain } from '../../contracts/domain.ts';
import { UsageError } from '../../contracts/errors.ts';
import { MOST_AXES, MOST_CLASSES, MOST_ELEMENTS, type InputMetadata } from '../../contracts/metadata.ts';
import { quote, showName } from '../../contracts/shown.ts';
import { sizeOf } from '../../contracts/tensor.ts';
import { suggest } from '../suggestion.ts';
import { flagError } from './flag-error.ts';
import { addNamed, splitNamed } from './named.ts';
import { toNumber } from './scalars.ts';

const FLAG = '--input';
const EXAMPLE = 'yPred=probability[8,4]';

/**
 * `verify --input name=domain[shape]`: overrides the declaration of one input.
 *
 * The domain is a name (`probability`), a range (`0:1`) or `class-index:10` with its number of
 * classes; the shape is `[8,4]`, or `[]` for a scalar. Either may be left out.
 */
export function addInput(
  text: string,
  previous: Readonly<Record<string, InputMetadata>> = {},
): Readonly<Record<string, InputMetadata>> {
  const { name, text: declaration } = splitNamed(FLAG, text, EXAMPLE);
  return addNamed(FLAG, previous, name, parseDeclaration(declaration, name));
}

function parseDeclaration(text: string, name: string): InputMetadata {
  const parts = /^([^[\]]*)(\[[^[\]]*\])?$/.exec(text);
  if (parts === null || text === '') {
    throw flagError({ flag: FLAG, found: `${name}=${text}`, expected: 'name=domain[shape]', example: EXAMPLE });
  }
  const [, domain = '', shape] = parts;
  return {
    ...(domain.trim() === '' ? {} : parseDomain(domain.trim(), name)),
    ...(shape === undefined ? {} : { shape: parseShape(shape, name) }),
  };
}

function parseDomain(text: string, name: string): { domain: Domain; classes?: number } {
  const known = DOMAIN_NAMES.find((each) => each === text);
  if (known !== undefined) return { domain: known };
  const [first = '', second, ...rest] = text.split(':');
  if (second === undefined || rest.length > 0) throw unknownDomain(text, name);
  return first === 'class-index'
    ? { domain: first, classes: parseClasses(second, name) }
    : { domain: parseRange(first, second, name) };
}

function unknownDomain(text: string, name: string): UsageError {
  const suggestion = suggest(text, DOMAIN_NAMES);
  const mend = suggestion ?? `for example ${FLAG} ${showName(name)}=probability[8,4] or ${showName(name)}=0:1[8,4]`;
  return new UsageError(
    `${FLAG} ${showName(name)}: unknown domain ${quote(text)}, expected one of ${DOMAIN_NAMES.join(', ')} or min:max; ${mend}`,
  );
}

function parseRange(low: string, high: string, name: string): RangeDomain {
  const range = { min: toNumber(low), max: toNumber(high) };
  if (Number.isFinite(range.min) && Number.isFinite(range.max) && range.min < range.max) return range;
  throw flagError({
    flag: FLAG,
    found: `${name}=${low}:${high}`,
    expected: 'a range min:max of two numbers, min below max',
    example: `${showName(name)}=0:1[8,4]`,
  });
}

function parseClasses(text: string, name: string): number {
  const classes = /^\d+$/.test(text) ? Number(text) : NaN;
  if (classes >= 2 && classes <= MOST_CLASSES) return classes;
  throw flagError({
    flag: FLAG,
    found: `${name}=class-index:${text}`,
    expected: `class-index:n with at least 2 classes and at most ${MOST_CLASSES}`,
    example: `${showName(name)}=class-index:10[8]`,
  });
}

function parseShape(text: string, name: string): number[] {
  const inner = text.slice(1, -1).trim();
  const axes = inner === '' ? [] : inner.split(',').map((axis) => axis.trim());
  const shape = axes.map((axis) => (/^\d+$/.test(axis) ? Number(axis) : NaN));
  if (shape.length <= MOST_AXES && shape.every((axis) => axis >= 1) && sizeOf(shape) <= MOST_ELEMENTS) return shape;
  throw flagError({
    flag: FLAG,
    found: `${name}=${text}`,
    expected: `a shape of at most ${MOST_AXES} whole numbers of at least 1, ${MOST_ELEMENTS} elements in all`,
    example: `${showName(name)}=[8,4]`,
  });
}
