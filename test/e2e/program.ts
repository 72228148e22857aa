import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { reportSchema, type FindingReport, type LossReport, type Report } from '../../src/contracts/report.ts';

/** The built program, run as a person runs it. */

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const BIN = path.join(ROOT, 'bin/losscheck.js');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when a process of the run was still alive some time after the program had ended. */
  readonly leftBehind: boolean;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder of its own for one test file, with no package above it. */
export class Workspace {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-e2e-')));

  path(name: string): string {
    return path.join(this.folder, name);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  losscheck(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return run(process.execPath, [BIN, ...argv], { cwd: this.folder, env });
  }

  losscheckIn(folder: string, argv: readonly string[]): Promise<Ran> {
    return run(process.execPath, [BIN, ...argv], { cwd: this.path(folder) });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Settings of the test runner, of the person's shell and of the service that runs the tests that must not reach the program. */
const NOT_PASSED_ON = ['GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY', 'NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS', 'NODE_ENV', 'LOSSCHECK_DEBUG'];

/** Runs a command in a process group of its own, so that what it leaves behind can be seen. */
export async function run(command: string, argv: readonly string[], { cwd, env = {} }: RunOptions): Promise<Ran> {
  const mark = randomUUID();
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.includes(name));
  const child = spawn(command, argv, {
    cwd,
    env: { ...Object.fromEntries(inherited), [MARK]: mark, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = once(child, 'close');
  await once(child, 'exit');
  const leftBehind = await survive(mark);
  // What survives holds the pipes open, and 'close' would never come.
  if (leftBehind) for (const pid of processesOf(mark)) process.kill(pid, 'SIGKILL');
  await closed;
  return { code: child.exitCode, stdout, stderr, leftBehind };
}

/** How long a killed child may take until the system has put it away. */
const GRACE_MS = 1500;

async function survive(mark: string): Promise<boolean> {
  const end = Date.now() + GRACE_MS;
  while (processesOf(mark).length > 0) {
    if (Date.now() > end) return true;
    await sleep(50);
  }
  return false;
}

/** What a process of a run inherits, whichever group it is in, and which tells whose it is. */
export const MARK = 'LOSSCHECK_TEST_RUN';

/** Processes of a run, its own included. An ended one stays listed (state Z) until its parent has taken note. */
export function processesOf(mark: string): readonly number[] {
  const listed = execFileSync('ps', process.platform === 'linux' ? ['-A', 'e', '-ww', '-o', 'pid=,stat=,args='] : ['-A', '-E', '-ww', '-o', 'pid=,stat=,command='], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return listed.split('\n').flatMap((line) => {
    const [, pid, state = 'Z'] = /^\s*(\d+)\s+(\S+)/.exec(line) ?? [];
    return line.includes(`${MARK}=${mark}`) && !state.startsWith('Z') ? [Number(pid)] : [];
  });
}

/** True when the process, or for a negative number the group, exists. */
export function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** The report on stdout, which must hold nothing else. */
export function reportOf({ stdout }: Ran): Report {
  return reportSchema.parse(JSON.parse(stdout));
}

export function lossOf(report: Report, id: string): LossReport {
  const found = report.losses.find((loss) => loss.id === id);
  if (found === undefined) throw new Error(`no ${id} among ${report.losses.map((loss) => loss.id).join(', ')}`);
  return found;
}

export function findingsOf(loss: LossReport): FindingReport[] {
  return [...loss.findings, ...loss.checks.flatMap((check) => check.findings)];
}

export function findingOf(loss: LossReport, code: string): FindingReport {
  const findings = findingsOf(loss);
  const found = findings.find((finding) => finding.code === code);
  if (found === undefined) throw new Error(`no ${code} among ${findings.map((finding) => finding.code).join(', ')}`);
  return found;
}

/** Tables break lines to fit a terminal; a test asks for words in their order. */
export function words(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** What holds for every run: no stack trace, no bug of ours, no process left. */
export function expectCivil(ran: Ran): void {
  expect(`${ran.stdout}\n${ran.stderr}`).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(ran.stderr).not.toMatch(/bug in losscheck|losscheck-module-\d/);
  expect(ran.leftBehind).toBe(false);
}
