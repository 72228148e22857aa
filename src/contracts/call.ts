import { parameterProblems } from './parameter-problems.ts';
import { isTargetFirst, isTensor, takesPair } from './prediction-first.ts';

/** What a call needs of a definition. */
interface Callee {
  readonly name?: unknown;
  readonly inputs?: Readonly<Record<string, { readonly role?: string | undefined }>> | undefined;
  readonly params?: unknown;
  readonly loss: unknown;
}

interface Schema {
  safeParse(value: unknown): { success: true; data: unknown } | { success: false; error: unknown };
}

/**
 * The function that a definition is called by: it checks the arguments, fills the parameters in, and calls
 * the loss.
 *
 * @throws TypeError when an input is missing or no tensor, or a parameter is refused: which, what was found
 *   and what is accepted
 */
export function callOf(definition: Callee): (...given: unknown[]) => unknown {
  let defaults: unknown;
  const parametersFrom = (options: unknown): unknown => {
    if (options !== undefined) return parse(definition, options);
    defaults ??= parse(definition, {});
    return defaults;
  };
  const { loss, params } = definition;
  // Whatever else stands there is refused with its place when losscheck loads the module.
  const inputs = typeof definition.inputs === 'object' && definition.inputs !== null ? definition.inputs : undefined;
  if (typeof loss !== 'function') return () => refuse(definition, 'it has no function to call.');
  const hasParameters = params !== undefined;
  const declared = inputs === undefined ? null : Object.keys(inputs).length;
  const isPair = takesPair(inputs ?? {});
  return (...given) => {
    // Without declared inputs they are what comes before the options.
    const count = declared ?? given.filter(isTensor).length;
    if (given.length > count + (hasParameters ? 1 : 0)) return refuseCount(definition, given.length);
    for (let index = 0; index < count; index++) {
      if (!isTensor(given[index])) return refuseInput(definition, index, given[index]);
    }
    if (isPair && isTargetFirst(given)) return refuseOrder(definition);
    if (!hasParameters) return Reflect.apply(loss, definition, given);
    return Reflect.apply(loss, definition, [...given.slice(0, count), parametersFrom(given[count])]);
  };
}

function parse(definition: Callee, options: unknown): unknown {
  const parsed = (definition.params as Schema).safeParse(options);
  if (parsed.success) return parsed.data;
  return refuse(definition, parameterProblems(parsed.error, options, 'options').join('; '));
}

function refuseInput(definition: Callee, index: number, found: unknown): never {
  const name = Object.keys(definition.inputs ?? {})[index] ?? `input ${index + 1}`;
  const what = found === undefined ? 'is missing' : `must be a tensor, found ${Array.isArray(found) ? 'an array' : typeof found}`;
  const mend = Array.isArray(found) || typeof found === 'number' ? ': wrap it in tf.tensor(…).' : '.';
  return refuse(definition, `${name} ${what}${mend}`);
}

function refuseCount(definition: Callee, found: number): never {
  const names = [...Object.keys(definition.inputs ?? {}), ...(definition.params === undefined ? [] : ['options'])];
  return refuse(definition, `it takes (${names.join(', ')}), found ${found} arguments.`);
}

function refuseOrder(definition: Callee): never {
  const names = Object.keys(definition.inputs ?? {});
  return refuse(
    definition,
    `${names[1]} is what the model predicts and ${names[0]} is not: the order is (${names.join(', ')}). ` +
      "model.compile passes the target first: give it forCompile(loss, options) from 'losscheck/losses'.",
  );
}

function refuse({ name }: Callee, problem: string): never {
  throw new TypeError(`${typeof name === 'string' ? name : 'loss'}: ${problem}`);
}
