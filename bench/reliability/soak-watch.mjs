import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { losscheck } from '../support/program.mjs';
import { MODULES, writeModules } from './modules.mjs';
import { restOf } from './processes.mjs';

const SAMPLES = 40;
/** What the command writes when a run has ended and it waits. */
const WAITING = /; watching \d+ files?:/g;
const ANSWER_MS = 20_000;
/** After several saves in a row: longer than it takes to see the last of them. */
const QUIET_MS = 250;
const POLL_MS = 5;
/** Not all of them: every one is checked again when its settings change. */
const WATCHED = ['correct', 'smooth', 'failing'];

/**
 * Edits files under one `losscheck verify --watch` until it has answered `count` times.
 *
 * @returns samples for `judgeDrift`, and what else was wrong
 */
export async function soakWatch(count, { project, env, onProgress }) {
  const folder = path.join(project, 'losses');
  writeModules(folder, Object.fromEntries(WATCHED.map((name) => [name, MODULES[name].source])));
  const log = path.join(project, 'watch.log');
  const output = openSync(log, 'w');
  const [command, args] = losscheck('verify', 'losses', '--watch', '--no-config', '--reporter', 'compact', '--reporter', 'json:report.json');
  const memory = path.join(project, 'memory.json');
  const preload = ['--expose-gc', '--import', new URL('soak-preload.mjs', import.meta.url).href];
  const child = spawn(command, [...preload, ...args], { cwd: project, env: { ...env, LOSSCHECK_BENCH_MEMORY: memory }, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = once(child, 'exit');
  const answers = () => readFileSync(log, 'utf8').match(WAITING)?.length ?? 0;
  const until = async (isSo) => {
    for (const deadline = Date.now() + ANSWER_MS; !isSo(); await sleep(POLL_MS)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no answer: ${readFileSync(log, 'utf8').slice(-2000)}`);
    }
  };
  const rest = restOf(child.pid);
  const sample = async () => {
    const counted = await rest();
    child.kill('SIGUSR2');
    await until(() => existsSync(memory));
    const held = JSON.parse(readFileSync(memory, 'utf8'));
    rmSync(memory);
    return { ...held, ...counted };
  };
  const samples = [];
  const every = Math.ceil(count / SAMPLES);
  let done = 0;
  try {
    await until(() => answers() >= 1);
    for (; done < count; ) {
      const seen = answers();
      const isBurst = await edit(folder, done);
      await until(() => answers() > seen);
      if (isBurst) await sleep(QUIET_MS);
      done++;
      if (done % every === 0) {
        samples.push({ done, ...(await sample()) });
        onProgress(samples.at(-1));
      }
    }
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  const isTrace = /^ {4}at /m.test(readFileSync(log, 'utf8'));
  return { samples, wrong: isTrace ? ['the watch printed a stack trace'] : [] };
}

/** One of the ways in which files change. @returns whether there may be more than one run */
async function edit(folder, round) {
  const name = WATCHED[Math.floor(round / KINDS.length) % WATCHED.length];
  const file = path.join(folder, `${name}.ts`);
  const edited = `${MODULES[name].source}\n// edit ${round}\n`;
  const kind = KINDS[round % KINDS.length];
  if (kind === 'save') writeFileSync(file, edited);
  if (kind === 'replace') {
    writeFileSync(`${file}.new`, edited);
    renameSync(`${file}.new`, file);
  }
  if (kind === 'break') writeFileSync(file, `${MODULES.syntax.source}// edit ${round}\n`);
  if (kind === 'touch') utimesSync(file, Date.now() / 1000, Date.now() / 1000);
  if (kind === 'add') writeFileSync(path.join(folder, 'added.ts'), `${MODULES.hoarding.source}// edit ${round}\n`);
  if (kind === 'remove') rmSync(path.join(folder, 'added.ts'));
  if (kind === 'twice') {
    writeFileSync(file, `${edited}//\n`);
    // In the middle of the run that the first has started: its process is stopped.
    await sleep(QUIET_MS);
    writeFileSync(file, edited);
  }
  return kind === 'twice';
}

const KINDS = ['save', 'replace', 'break', 'save', 'touch', 'add', 'remove', 'twice'];
