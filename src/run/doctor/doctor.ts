import { EXIT } from '../../contracts/errors.ts';
import type { DoctorOptions, DoctorProblem, DoctorReport, PackageCopy } from '../../contracts/doctor.ts';
import { tryCompiler } from '../../load/compiler.ts';
import { packageVersion, requiredNode } from '../../package-root.ts';
import { findCopies } from './copies.ts';
import { tryBackends, type Trial } from './engines.ts';
import { tryCache, tryConfig } from './folders.ts';
import { problemsOfIsolation, tryIsolation } from './isolation.ts';

/**
 * Whether `verify` can work in this folder, and with what. Everything is tried and not only looked for; what goes
 * wrong is in the report.
 */
export async function doctor({ cwd = process.cwd() }: DoctorOptions = {}): Promise<DoctorReport> {
  const [compiler, { auto, backends }, isolation] = await Promise.all([attemptCompiler(), tryBackends(cwd), tryIsolation()]);
  const node = describeNode(process.versions.node);
  const packages = findCopies(cwd);
  const cache = tryCache(cwd);
  const config = await tryConfig(cwd);
  const problems = [
    ...problemsOfNode(node),
    ...(compiler.problem === null ? [] : [compilerProblem(compiler.problem)]),
    ...(auto.problem === null ? [] : [engineProblem(auto.problem, backends.some(({ name, problem }) => name === 'cpu' && problem === null))]),
    ...problemsOfPackages(packages, auto),
    ...(config.problem === null ? [] : [{ severity: 'error' as const, about: 'config' as const, message: config.problem.message, fix: config.problem.hint ?? 'Mend it.' }]),
    ...(cache.writable ? [] : [cacheProblem(cache.folder)]),
    ...problemsOfIsolation(isolation),
  ];
  return {
    schemaVersion: 1,
    tool: { name: 'losscheck', version: packageVersion() },
    node,
    platform: `${process.platform} ${process.arch}`,
    compiler: compiler.version === null ? null : { name: 'esbuild', version: compiler.version },
    engines: auto.engines,
    backends,
    packages,
    cache,
    isolation,
    config: config.file,
    problems,
    exitCode: problems.some(({ severity }) => severity === 'error') ? EXIT.load : EXIT.passed,
  };
}

interface Compiler {
  readonly version: string | null;
  readonly problem: string | null;
}

async function attemptCompiler(): Promise<Compiler> {
  try {
    return { version: await tryCompiler(), problem: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { version: null, problem: message.trim().split('\n', 1)[0] ?? message };
  }
}

/** @param version of Node.js; @param required `>=20.19`, as in package.json */
export function describeNode(version: string, required: string = requiredNode()): DoctorReport['node'] {
  const [major = 0, minor = 0] = numbersIn(version);
  const [leastMajor = 0, leastMinor = 0] = numbersIn(required);
  return { version, required, supported: major > leastMajor || (major === leastMajor && minor >= leastMinor) };
}

function numbersIn(text: string): readonly number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

function problemsOfNode({ version, required, supported }: DoctorReport['node']): readonly DoctorProblem[] {
  if (supported) return [];
  return [{ severity: 'error', about: 'node', message: `Node.js ${version} is too old, losscheck needs ${required}`, fix: 'Install a newer Node.js: https://nodejs.org' }];
}

function compilerProblem(reason: string): DoctorProblem {
  return {
    severity: 'error',
    about: 'compiler',
    message: `esbuild, which compiles your files, does not work here: ${reason}`,
    fix: 'Install again without --omit=optional and --ignore-scripts: npm install',
  };
}

function engineProblem(reason: string, cpuWorks: boolean): DoctorProblem {
  return {
    severity: 'error',
    about: 'engines',
    message: `the engines do not start: ${reason}`,
    fix: cpuWorks
      ? 'The CPU backend works: add --backend cpu, or mend the installation of @tensorflow/tfjs-node.'
      : 'Install losscheck again; where that does not help, report this with the output of `losscheck doctor --reporter json`.',
  };
}

/** What a loss is trained with should be one TensorFlow.js, and about the one that it is verified with. */
export function problemsOfPackages(packages: readonly PackageCopy[], { engines }: Pick<Trial, 'engines'>): readonly DoctorProblem[] {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of packages) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  const several = [...versions].filter(([, found]) => found.size > 1);
  const mixed = several.map(([name, found]) => packageWarning({
    message: `${name} is installed in ${found.size} versions: ${[...found].join(', ')}. Tensors of one are not tensors of the other, and a loss that meets both fails or trains on the wrong backend`,
    fix: `\`npm ls ${name}\` shows who asks for which; ask for one version everywhere, then \`npm dedupe\`.`,
  }));
  const isTold = mixed.some(({ message }) => message.startsWith('@tensorflow/tfjs-core '));
  const notes = (engines?.notes ?? []).filter(({ message }) => !(isTold && / copies of /.test(message)));
  return [...mixed, ...notes.map(packageWarning)];
}

function packageWarning(words: Pick<DoctorProblem, 'message' | 'fix'>): DoctorProblem {
  return { severity: 'warning', about: 'packages', ...words };
}


function cacheProblem(folder: string): DoctorProblem {
  return {
    severity: 'warning',
    about: 'cache',
    message: `the cache folder ${folder} cannot be written: every run starts slowly and checks everything anew`,
    fix: 'Make the folder writable, or name another in the environment variable LOSSCHECK_CACHE.',
  };
}
