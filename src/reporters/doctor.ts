import type { BackendReport, DoctorProblem, DoctorReport, PackageCopy } from '../contracts/doctor.ts';
import type { EngineReport, ReporterOptions } from '../contracts/report.ts';
import { createStyle, type Style } from './style.ts';
import { clean, count, hang, padEnd, widest } from './text.ts';

type State = 'good' | 'warning' | 'bad' | 'none';

interface Row {
  readonly state: State;
  readonly title: string;
  /** Each starts a line of its own. */
  readonly lines: readonly string[];
}

/** The answer of `doctor` for a person: a line a part, then what is wrong and how to mend it. */
export function renderDoctor(report: DoctorReport, { color, width }: ReporterOptions): string {
  const style = createStyle(color);
  const rows = rowsOf(report);
  const titles = widest(rows.map(({ title }) => title));
  const lines = rows.flatMap(({ state, title, lines: [first = '', ...more] }) => {
    const margin = ' '.repeat(titles + 4);
    const paint = painter(state, style);
    const [head = '', ...rest] = hang(`${MARKS[state]} ${padEnd(title, titles)}  `, clean(first), width);
    return [paint(head.slice(0, 1)) + head.slice(1), ...rest, ...more.flatMap((line) => hang(margin, clean(line), width))];
  });
  const problems = report.problems.flatMap((problem) => ['', ...renderProblem(problem, style, width)]);
  return `${[style.bold(`losscheck ${report.tool.version}`), ...lines, ...problems, '', closing(report, style)].join('\n')}\n`;
}

const MARKS: Readonly<Record<State, string>> = { good: '✓', warning: '!', bad: '✗', none: '-' };

function painter(state: State, style: Style): (text: string) => string {
  if (state === 'good') return style.green;
  if (state === 'warning') return style.yellow;
  return state === 'bad' ? style.red : style.dim;
}

function rowsOf({ node, platform, compiler, engines, backends, packages, cache, isolation, config, problems }: DoctorReport): readonly Row[] {
  const mixed = problems.some(({ about }) => about === 'packages');
  return [
    row(node.supported, 'Node.js', [`${node.version} on ${platform}; needed: ${node.required}`]),
    row(compiler !== null, 'compiler', [compiler === null ? 'does not work' : `${compiler.name} ${compiler.version} compiles TypeScript`]),
    row(engines !== null, 'float64', [engines === null ? 'no engine' : `${describeComputer(engines.reference)}; judges gradients`]),
    row(engines !== null, 'float32', [engines === null ? 'no engine' : `${describeComputer(engines.production)}; judges edges, as in production`]),
    { state: backends.some(({ problem }) => problem === null) ? 'good' : 'bad', title: 'backends', lines: backends.map(describeBackend) },
    { state: packages.length === 0 ? 'none' : mixed ? 'warning' : 'good', title: 'this project', lines: describePackages(packages) },
    { state: cache.writable ? 'good' : 'warning', title: 'cache', lines: [`${cache.folder} ${cache.writable ? 'can be written' : 'cannot be written'}`] },
    { state: isolation.notRefused.length === 0 ? 'good' : 'warning', title: 'isolation', lines: describeIsolation(isolation) },
    rowOfConfig(config, problems),
  ];
}

function describeIsolation({ flag, refused, memory, orphans }: DoctorReport['isolation']): readonly string[] {
  return [
    `node ${flag} refuses a module: ${refused.length === 0 ? 'nothing' : refused.join(', ')}`,
    `memory is limited ${memory === 'resident' ? 'in all that its process holds' : 'in what its JavaScript holds, and not in its tensors'}; its process ${orphans === 'ended' ? 'ends with losscheck' : orphans}`,
    'not refused by Node: the network (seen and stopped in JavaScript only); no defence against a determined attacker: SECURITY.md',
  ];
}

function rowOfConfig(config: string | null, problems: DoctorReport['problems']): Row {
  const isWrong = problems.some(({ about }) => about === 'config');
  return { state: isWrong ? 'bad' : config === null ? 'none' : 'good', title: 'config', lines: [isWrong ? 'cannot be read' : (config ?? 'none; `losscheck init` writes one')] };
}

function row(isGood: boolean, title: string, lines: readonly string[]): Row {
  return { state: isGood ? 'good' : 'bad', title, lines };
}

function describeComputer({ backend, tfjs }: EngineReport): string {
  return `TensorFlow.js ${tfjs} on ${backend}, self-test passed`;
}

function describeBackend({ name, chosen, problem, fix }: BackendReport): string {
  if (problem !== null) return `${name}: cannot be used, ${problem}${fix === null ? '' : `; to get it: ${fix}`}`;
  if (chosen) return `${name}: works, and --backend auto takes it`;
  return `${name}: works, on request${name === 'wasm' ? '; it lacks operations that losses use' : ''}`;
}

/** Packages of one version in one folder came together and take one line. */
function describePackages(packages: readonly PackageCopy[]): readonly string[] {
  if (packages.length === 0) return ['no TensorFlow.js installed; losscheck brings its own'];
  const groups = new Map<string, string[]>();
  for (const { name, version, path } of packages) {
    const where = `${version} in ${path.slice(0, path.lastIndexOf('/'))}`;
    groups.set(where, [...(groups.get(where) ?? []), name.split('/').at(-1) ?? name]);
  }
  return [...groups].map(([where, names]) => `${where}: ${names.join(', ')}`);
}

function renderProblem({ severity, message, fix }: DoctorProblem, style: Style, width: number): readonly string[] {
  const isError = severity === 'error';
  const [first = '', ...rest] = hang(`${MARKS[isError ? 'bad' : 'warning']} `, `${clean(message)}.`, width);
  return [painter(isError ? 'bad' : 'warning', style)(first.slice(0, 1)) + first.slice(1), ...rest, ...hang('  fix  ', clean(fix), width)];
}

function closing({ problems, exitCode }: DoctorReport, style: Style): string {
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const beside = warnings === 0 ? '' : `, with ${count(warnings, 'warning')}`;
  if (exitCode === 0) return `${style.green('✓')} losscheck can verify losses here${beside}`;
  return `${style.red('✗')} losscheck cannot verify losses here: ${count(problems.length - warnings, 'error')}${beside}`;
}
