import { FileProblem, parseJson } from '../../load/text-file.ts';
import { flagError } from './flag-error.ts';
import { addNamed, splitNamed } from './named.ts';

const FLAG = '--param';
const EXAMPLE = 'delta=0.5';

/** `--param name=value`: JSON where it reads as JSON, else the text itself (`reduction=sum`). */
export function addParam(
  text: string,
  previous: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const { name, text: value } = splitNamed(FLAG, text, EXAMPLE);
  return addNamed(FLAG, previous, name, parseValue(value, name));
}

function parseValue(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    // A bare word is a string; something that opens like JSON was meant as JSON.
    if (text !== '' && !/^["[{]/.test(text)) return text;
    throw flagError({ flag: FLAG, found: `${name}=${text}`, expected: 'name=JSON or name=word', example: EXAMPLE });
  }
}
