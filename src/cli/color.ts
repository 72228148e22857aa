export interface ColorSources {
  /** `--color` or `--no-color`; undefined when neither was given. */
  readonly flag: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTty: boolean;
}

/**
 * Whether to write escape codes: flag, then NO_COLOR, then FORCE_COLOR, then the terminal.
 *
 * An empty NO_COLOR counts as absent (no-color.org); FORCE_COLOR=0 and =false switch off.
 */
export function wantsColor({ flag, env, isTty }: ColorSources): boolean {
  if (flag !== undefined) return flag;
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}
