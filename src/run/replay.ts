import type { RunOptions } from './options.ts';

/** The command line that shows a finding again. */
export function verifyCommand(target: string, options?: RunOptions, check?: string): string {
  const words = ['losscheck', 'verify', target];
  if (check !== undefined) words.push('--check', check);
  if (options !== undefined) {
    words.push('--seed', String(options.seed));
    if (options.samples !== 3) words.push('--samples', String(options.samples));
    if (options.rtol !== null) words.push('--rtol', String(options.rtol));
    if (options.backend !== 'auto') words.push('--backend', options.backend);
    for (const [name, value] of Object.entries(options.param)) words.push('--param', `${name}=${JSON.stringify(value)}`);
  }
  return words.map(quote).join(' ');
}

/** Quoted for a POSIX shell where it has to be. */
function quote(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
