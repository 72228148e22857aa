import { CHECK_IDS } from '../../contracts/findings.ts';
import { FINDING_CODES } from '../../contracts/catalogue.ts';
import { configSchema, type ParsedConfig } from '../../contracts/config.ts';
import { UsageError } from '../../contracts/errors.ts';
import { formatValue, isRecord, problemsIn } from '../metadata.ts';
import { didYouMean } from '../nearest.ts';

/**
 * Validates what a config says.
 *
 * @param shown how messages name the file
 * @throws UsageError, one line for each problem: field, what was found, what is accepted
 */
export function parseConfig(value: unknown, shown: string): ParsedConfig {
  if (!isRecord(value)) {
    throw new UsageError(`${shown}: found ${formatValue(value)}, expected an object`, 'export default defineConfig({ targets: [...] }), with defineConfig from losscheck');
  }
  const parsed = configSchema.safeParse(value);
  const problems = parsed.success ? unknownNames(parsed.data) : problemsIn(parsed.error, value, { schema: configSchema, label: '' });
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `${shown}: ${problem}`).join('\n'), problems.length === 1 ? 'Correct this field.' : 'Correct these fields.');
  if (!parsed.success) throw new Error('a config with no problem was refused');
  return parsed.data;
}

/** Checks and codes that do not exist: a misspelt one would silently do nothing. */
function unknownNames(config: ParsedConfig): readonly string[] {
  const own = config.checks ?? [];
  const checks = [...CHECK_IDS, ...own.map(({ id }) => id)];
  const codes = [...FINDING_CODES, ...own.flatMap(({ findings }) => Object.keys(findings))];
  const unknown = (names: readonly string[] | undefined, known: readonly string[], where: string): readonly string[] =>
    (names ?? []).filter((name) => !known.includes(name)).map((name) => `${where}: found "${name}"${didYouMean(name, known)}; accepted: ${known.join(', ')}`);
  const at = ({ check, skip, severity }: Pick<ParsedConfig, 'check' | 'skip' | 'severity'>, where: string): readonly string[] => [
    ...unknown(check, checks, `${where}check`),
    ...unknown(skip, checks, `${where}skip`),
    ...unknown(Object.keys(severity ?? {}), [...checks, ...codes], `${where}severity`),
  ];
  const overrides = (config.overrides ?? []).flatMap((override, index) => [
    ...at(override, `overrides[${index}].`),
    ...unknown((override.allow ?? []).map(({ check }) => check), checks, `overrides[${index}].allow`),
    ...unknown((override.allow ?? []).flatMap(({ code }) => code ?? []), codes, `overrides[${index}].allow`),
  ]);
  return [...at(config, ''), ...overrides, ...clashes(own)];
}

function clashes(own: NonNullable<ParsedConfig['checks']>): readonly string[] {
  const builtIn: readonly string[] = CHECK_IDS;
  const codes: readonly string[] = FINDING_CODES;
  return own.flatMap(({ id, findings }, index) => [
    ...(builtIn.includes(id) ? [`checks[${index}].id: losscheck has a check ${id} already`] : []),
    ...(own.findIndex((other) => other.id === id) < index ? [`checks[${index}].id: two checks are called ${id}`] : []),
    ...Object.keys(findings).filter((code) => codes.includes(code)).map((code) => `checks[${index}].findings: losscheck has a finding ${code} already`),
  ]);
}
