import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportSchema, type Report } from '../../src/contracts/report.ts';
import { BIN, MARK, processesOf, type Workspace } from './program.ts';

/** `losscheck verify --watch` as it runs in the background of somebody's work. */

const PATIENCE_MS = 60_000;

/** Looks again and again, and not at one moment: the machine may be busy. */
export async function until<T>(what: string, look: () => T | null): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(30);
  }
}

export class Watching {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;
  private readonly mark = randomUUID();
  private seen = 0;
  private read = 0;

  constructor(
    readonly workspace: Pick<Workspace, 'folder' | 'path'>,
    argv: readonly string[],
    command: readonly [string, ...string[]] = [process.execPath, BIN, 'verify'],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const { NO_COLOR: _, FORCE_COLOR: __, NODE_OPTIONS: ___, ...env } = process.env;
    const [program, ...first] = command;
    this.child = spawn(program, [...first, ...argv], { cwd: workspace.folder, env: { ...env, ...environment, [MARK]: this.mark }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(this.child, 'exit');
  }

  /** What was printed by the next run, once it is over. */
  async nextRun(): Promise<{ readonly state: string; readonly table: string }> {
    const state = await until(`run ${this.seen + 1} in\n${this.stderr}`, () => [...this.stderr.matchAll(/^.* pass(es)?; watching .*$/gm)][this.seen]?.[0] ?? null);
    this.seen++;
    const table = this.stdout.slice(this.read);
    this.read = this.stdout.length;
    return { state, table };
  }

  async says(text: string): Promise<void> {
    await until(`${text} in\n${this.stderr}`, () => (this.stderr.includes(text) || this.stdout.includes(text) ? true : null));
  }

  report(file: string): Report {
    return reportSchema.parse(JSON.parse(readFileSync(this.workspace.path(file), 'utf8')));
  }

  press(key: string): void {
    this.child.stdin?.write(key);
  }

  /** Processes of the run, its own included. */
  processes(): number {
    return processesOf(this.mark).length;
  }

  /** The exit code, once no process of the group is left. */
  async end(how: NodeJS.Signals | null): Promise<number | null> {
    if (how !== null) this.child.kill(how);
    await this.exited;
    await until('the end of its processes', () => (this.processes() === 0 ? true : null));
    return this.child.exitCode;
  }

  kill(): void {
    for (const pid of processesOf(this.mark)) process.kill(pid, 'SIGKILL');
  }
}
