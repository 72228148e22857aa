import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, watch } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { losscheck } from '../support/program.mjs';
import { LOOP, LOOPING, MODULES, writeModules } from './modules.mjs';

/** A project whose verification is killed, and what can be seen of it afterwards. */

const sources = (names) => Object.fromEntries(Object.entries(names).map(([as, name]) => [as, name === 'loop' ? LOOP : MODULES[name].source]));

/** Verified again after a kill. */
const KEPT = { a: 'correct', c: 'failing', e: 'unstable' };
/** Was not there when the run was killed: the next one has something to check and to keep. */
const LATER = { g: 'smooth' };
/** Six modules: half of them loop, so that it runs when it is killed; or none, so that it may be writing. */
export const FORMS = {
  looping: { ...KEPT, b: 'loop', d: 'loop', f: 'loop' },
  ending: { ...KEPT, b: 'smooth', d: 'hoarding', f: 'crashing' },
};

/** What is of interest is not how much a check computes. */
const FLAGS = ['--jobs', '2', '--samples', '1', '--no-config'];
const REPORTS = { 'report.json': isJson, 'report.xml': isWholeXml };
const REPORTERS = ['--reporter', 'json:reports/report.json', '--reporter', 'junit:reports/report.xml'];
const CACHE = 'cache';
const POLL_MS = 10;

/** Fills `folder` and opens its project. `code` is a cache to take compiled code from; null to start with none. */
export function createProject(folder, form, { marker, code }) {
  mkdirSync(folder, { recursive: true });
  const project = realpathSync(folder);
  writeModules(path.join(project, 'losses'), sources(FORMS[form]));
  mkdirSync(path.join(project, 'reports'));
  const cache = path.join(project, CACHE);
  if (code !== null) copyCode(code, cache);
  const env = { ...process.env, LOSSCHECK_CACHE: cache, LOSSCHECK_BENCH_MARKER: marker };
  const log = path.join(project, 'said.log');
  const start = (targets) => {
    const output = openSync(log, 'w');
    const [command, args] = losscheck('verify', ...targets, ...FLAGS, ...REPORTERS);
    // A file and no pipe: what stays behind would keep a pipe open.
    const child = spawn(command, args, { cwd: project, env, stdio: ['ignore', output, output] });
    closeSync(output);
    return child;
  };
  return {
    folder: project,
    /** Resolves when a module loops; where none does, when something is written beside the reports. */
    async turningPoint(signal) {
      if (form === 'looping') while (!readFileSync(log, 'utf8').includes(LOOPING)) await sleep(POLL_MS, null, { signal });
      else await new Promise((resolve) => void watch(path.join(project, 'reports'), { signal }, resolve));
    },
    start: () => start(['losses']),
    /** A run to the end, with the same cache. @returns its report without durations, as text */
    async verifyAgain() {
      writeModules(path.join(project, 'losses'), sources(LATER));
      const child = start(Object.keys({ ...KEPT, ...LATER }).map((name) => `losses/${name}.ts`));
      const [exitCode, signal] = await once(child, 'exit');
      const report = path.join(project, 'reports', 'report.json');
      if (signal !== null || !existsSync(report)) return `ended with ${signal ?? exitCode}: ${readFileSync(log, 'utf8')}`;
      return lasting(readFileSync(report, 'utf8'), exitCode);
    },
    /** Names of reports that are there and not whole. */
    torn() {
      return Object.entries(REPORTS)
        .map(([name, isWhole]) => [path.join(project, 'reports', name), isWhole])
        .filter(([file, isWhole]) => existsSync(file) && !isWhole(readFileSync(file, 'utf8')))
        .map(([file]) => path.basename(file));
    },
    /** Temporary files, those of the cache apart. */
    temporary() {
      const all = readdirSync(project, { recursive: true }).filter((name) => name.endsWith('.tmp'));
      const isCached = (name) => name.startsWith(CACHE + path.sep);
      return { own: all.filter((name) => !isCached(name)), cached: all.filter(isCached) };
    },
    hasTrace: () => /^ {4}at /m.test(readFileSync(log, 'utf8')),
  };
}

/** What a cache holds of compiled code, and no verdict. */
function copyCode(from, to) {
  for (const build of readdirSync(from)) {
    const code = path.join(from, build, 'code');
    if (existsSync(code)) cpSync(code, path.join(to, build, 'code'), { recursive: true });
  }
}

/** A report but for what differs between two runs that agree. */
function lasting(text, exitCode) {
  const report = JSON.parse(text, (name, value) => (name === 'durationMs' || name === 'cached' ? undefined : value));
  return JSON.stringify({ report, exitCode }, null, 1);
}

/** The first line in which two texts differ, as they have it; null when they are the same. */
export function firstDifference(expected, found) {
  const [expectedLines, foundLines] = [expected.split('\n'), found.split('\n')];
  const line = foundLines.findIndex((text, index) => text !== expectedLines[index]);
  if (line !== -1) return `line ${line + 1}: ${foundLines[line].trim()}, and not ${expectedLines[line]?.trim() ?? 'the end'}`;
  return expectedLines.length > foundLines.length ? `ends before ${expectedLines[foundLines.length].trim()}` : null;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Begins as XML does, and closes the element that it opened first. */
function isWholeXml(text) {
  const root = /^<\?xml[^>]*\?>\s*<(\w+)/.exec(text)?.[1];
  return root !== undefined && text.trimEnd().endsWith(`</${root}>`);
}
