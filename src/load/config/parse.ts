import { CHECK_IDS } from '../../contracts/findings.ts';
import { FINDING_CODES } from '../../contracts/catalogue.ts';
import { configSchema, type ParsedConfig } from '../../contracts/config.ts';
import { UsageError } from '../../contracts/errors.ts';
import { showName, showValue } from '../../contracts/shown.ts';
import { firstOf, isRecord, validate } from '../metadata.ts';
import { didYouMean } from '../nearest.ts';
import { plainCopy } from '../plain-data.ts';

/**
 * Validates what a config says.
 *
 * @param shown how messages name the file
 * @throws UsageError, one line for each problem: field, what was found, what is accepted
 */
export function parseConfig(value: unknown, shown: string): ParsedConfig {
  const plain = plainCopy(value, '');
  if (plain.problems.length === 0 && !isRecord(plain.value)) {
    const example = shown.endsWith('.json') ? '{ "targets": ["src/losses"] }' : 'export default defineConfig({ targets: [...] }), with defineConfig from losscheck';
    throw new UsageError(`${shown}: found ${showValue(value)}, expected an object`, example);
  }
  const parsed = plain.problems.length > 0 ? plain : validate(plain.value, { schema: configSchema, label: '' });
  if (parsed.problems !== null) throw wrongFields(parsed.problems, shown);
  const unknown = unknownNames(parsed.data);
  if (unknown.length > 0) throw wrongFields(unknown, shown);
  return parsed.data;
}

function wrongFields(problems: readonly string[], shown: string): UsageError {
  const lines = firstOf(problems).map((problem) => `${shown}: ${problem.replace(/^: /, '')}`);
  return new UsageError(lines.join('\n'), problems.length === 1 ? 'Correct this field.' : 'Correct these fields.');
}

/** Checks and codes that do not exist: a misspelt one would silently do nothing. */
function unknownNames(config: ParsedConfig): readonly string[] {
  const own = config.checks ?? [];
  const checks = [...CHECK_IDS, ...own.map(({ id }) => id)];
  const codes = [...FINDING_CODES, ...own.flatMap(({ findings }) => Object.keys(findings))];
  const unknown = (names: readonly string[] | undefined, known: readonly string[], where: string): readonly string[] =>
    (names ?? []).filter((name) => !known.includes(name))
      .map((name) => `${where}: found "${showName(name)}"${didYouMean(name, known)}; accepted: ${known.join(', ')}`);
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
