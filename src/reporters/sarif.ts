import { posix } from 'node:path';
import type { Report, ReporterOptions } from '../contracts/report.ts';
import { adviceOf } from './details.ts';
import { toJson } from './json.ts';
import { inRepository, placeOf, placeOrName } from './place.ts';
import type { Problem } from './problems.ts';
import { ruleOf } from './sarif-rules.ts';
import { problemsToTell } from './selection.ts';
import { clean } from './text.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json';
/** What paths are relative to: whoever reads the log knows where the repository lies. */
const ROOT_ID = 'SRCROOT';

/** An accepted finding is no alert; viewers that do not know suppressions then show it as the least there is. */
const LEVELS = { failure: 'error', warning: 'warning', note: 'note', accepted: 'note' } as const;

/**
 * SARIF 2.1.0, for code scanning and editors: a rule a finding code, a result a finding.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(report: Report, options: ReporterOptions): string {
  const problems = problemsToTell(report, { ...options, quiet: false });
  const codes = [...new Set(problems.map(({ code }) => code))];
  const { name, version } = report.tool;
  const rules = codes.map((code) => ruleOf(code, problems));
  const run = {
    tool: { driver: { name, version, semanticVersion: version, rules } },
    automationDetails: { id: categoryOf(report, options) },
    originalUriBaseIds: { [ROOT_ID]: { description: { text: 'The root of the repository.' } } },
    columnKind: 'utf16CodeUnits',
    invocations: [invocationOf(report, problems, options)],
    results: problems.map((problem) => resultOf(problem, codes.indexOf(problem.code), options)),
  };
  return toJson({ $schema: SCHEMA, version: '2.1.0', runs: [run] });
}

/**
 * What names this analysis: uploads with one name replace each other, others stand side by side. It is made of what
 * stays the same from commit to commit: the folder of the losses, the backend, the shard.
 */
function categoryOf({ losses, engines, shard }: Report, { root }: ReporterOptions): string {
  const folders = losses.flatMap(({ file }) => (file === null ? [] : [posix.dirname(inRepository(root, clean(file)))]));
  const folder = folders.length === 0 ? root : commonFolder(folders);
  const part = shard === undefined ? '' : `shard-${shard.index}-of-${shard.count}`;
  return `${['losscheck', ...folder.split('/'), engines.others === undefined ? engines.production.backend : 'all', part].filter((each) => each !== '' && each !== '.').join('/')}/`;
}

function commonFolder(folders: readonly string[]): string {
  return folders.reduce((common, folder) => {
    const [kept, other] = [common.split('/'), folder.split('/')];
    const differs = kept.findIndex((part, index) => part !== other[index]);
    return differs === -1 ? common : kept.slice(0, differs).join('/');
  });
}

function invocationOf({ exitCode }: Report, problems: readonly Problem[], { root }: ReporterOptions): object {
  const failures = problems.filter(({ check }) => check === null);
  return {
    // Losses that fail are what the analysis is for; losses that could not be checked are not.
    executionSuccessful: failures.length === 0,
    exitCode,
    toolExecutionNotifications: failures.map((problem) => ({
      level: 'error',
      message: { text: clean(problem.message) },
      descriptor: { id: problem.code },
      locations: [locationOf(problem, root)],
    })),
  };
}

function resultOf(problem: Problem, ruleIndex: number, { root }: ReporterOptions): object {
  const { code, title, level, message, why, fix, replay, eval: evaluate, loss, check, fingerprint, accepted, finding } = problem;
  const text = [clean(message), '', `Loss: ${clean(loss.id)}`, ...adviceOf(problem).map(([label, advice]) => `${label}: ${advice}`)].join('\n');
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[level],
    message: { text },
    locations: [locationOf(problem, root)],
    partialFingerprints: { 'losscheck/v1': fingerprint },
    ...(accepted === null ? {} : { suppressions: [{ kind: finding?.known === true ? 'external' : 'inSource', status: 'accepted', justification: clean(accepted) }] }),
    ...(finding?.known === true ? { baselineState: 'unchanged' } : {}),
    properties: { loss: clean(loss.id), check: check?.id ?? null, title: clean(title), message: clean(message), why: clean(why), fix: clean(fix), replay: clean(replay), eval: evaluate },
  };
}

function locationOf(problem: Problem, root: string): object {
  const { file, line, column } = placeOrName(problem);
  const region = placeOf(problem) === null ? {} : { region: { startLine: line, startColumn: column } };
  return {
    physicalLocation: { artifactLocation: artifactOf(inRepository(root, file)), ...region },
    logicalLocations: [{ fullyQualifiedName: clean(problem.loss.id), kind: 'function' }],
  };
}

/** A path outside of the repository is a URI of its own. */
function artifactOf(file: string): object {
  const path = file.split('/').map(encodeURIComponent).join('/');
  if (file.startsWith('/')) return { uri: `file://${path}` };
  if (/^[A-Za-z]:\//.test(file)) return { uri: `file:///${path}` };
  return { uri: path, uriBaseId: ROOT_ID };
}
