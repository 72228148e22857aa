import { framesOfModules } from '../../engines/index.ts';
import { createLocator, type Locator } from '../../load/source-map.ts';
import type { SourceLocation } from '../../contracts/source.ts';
import type { Event, Request } from '../messages.ts';
import type { Stop } from './ending.ts';

/**
 * What a module did, with the line in which it did it. Found in the process that asked: in that of the module, what
 * would be looked with may be what was replaced.
 */
export function blame({ code, detail, stack, member, allow }: Extract<Event, { kind: 'stopped' }>, { module, options }: Request): Stop {
  const locator = createLocator(module.bundle, options.cwd);
  const places = framesOfModules({ stack }).map(({ line, column }) => locator.locate(line, column));
  const location = places.find((place) => place !== null) ?? (member === null ? null : whereWritten(member, module.bundle.code, locator));
  return { kind: 'stopped', code, detail, location, frame: location === null ? null : locator.frame(location), allow };
}

/** Something that went wrong in losscheck, which the module may have caused. */
export function blameFor(message: string, stack: string, request: Request): Stop {
  const found = blame({ kind: 'stopped', code: 'crashed', detail: '', stack, member: null, allow: null }, request);
  const detail = found.location === null ? `losscheck failed on it, and that is a bug in losscheck: ${message}` : `it throws where losscheck looks at it: ${message}`;
  return { ...found, detail };
}

/** The first text that looks like writing to `Array.prototype.some`, however it is spelled. */
function whereWritten(member: string, code: string, locator: Locator): SourceLocation | null {
  const name = /[\w$]+(?=\]?$)/.exec(member)?.[0];
  if (name === undefined) return null;
  const owner = member.split('.').at(-2) ?? '';
  const spellings = [`${member} =`, `${owner}.${name} =`, `.${name} =`, `'${name}'`, `"${name}"`, `[Symbol.${name}]`, `${name} =`, `${name}`];
  for (const spelling of spellings) {
    const found = code.includes(spelling) ? locator.locateText(spelling) : null;
    if (found !== null) return found;
  }
  return null;
}
