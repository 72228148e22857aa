/**
 * Kills `losscheck verify` again and again, and looks at what it leaves. Prints Markdown; exit code 1 for leftovers.
 *
 *   node bench/reliability/kills.mjs [--count 200] [--seed 1]
 *
 * Each time a new project of six modules, of which half loop or none, two of them at once, JSON and JUnit reports and
 * the cache. A signal goes to the main process alone: at a random moment of the first 1.5 s, or as soon as a
 * module loops or a report is being written. Two seconds later no process may be left, no file half written, no temporary file (one
 * that SIGKILL leaves may stay until the next run), and the next run must find what a run with an empty cache does.
 * On Linux only.
 */
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generator } from '../support/losses.mjs';
import { provenance } from '../support/machine.mjs';
import { significant, table } from '../support/markdown.mjs';
import { createProject, firstDifference, FORMS } from './kill-project.mjs';
import { readOptions, requireProc } from './options.mjs';
import { allProcesses, commandOf, descendantsOf, end, keyOf, remaining } from './processes.mjs';

const { count, seed } = readOptions({ count: 200, seed: 1 });
requireProc();

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'];
const LONGEST_MS = 1500;
const GRACE_MS = 2000;
const POLL_MS = 20;
const INTERRUPTED = 130;
/** What comes of the modules that end: a signal can be late, when the last word was said already. */
const CRASHED = 4;
/** How many rounds do not leave the moment to chance, and how many begin with an empty cache. */
const AIMED = 0.4;
const COLD = 0.2;

const LEFTOVERS = {
  alive: 'did not end, or ended wrongly',
  processes: 'processes',
  temporary: 'temporary files',
  torn: 'torn reports',
  verdicts: 'other verdicts',
  traces: 'stack traces',
};

const random = generator(seed);
const pick = (values) => values[Math.floor(random() * values.length)];
const home = mkdtempSync(path.join(realpathSync(tmpdir()), 'losscheck-kills-'));

/** What a run with an empty cache says, and a cache with the program's code. */
async function runUndisturbed() {
  const project = createProject(path.join(home, 'reference'), 'ending', { marker: `losscheck-kills-${process.pid}-reference`, code: null });
  return { verdicts: await project.verifyAgain(), cache: path.join(project.folder, 'cache') };
}

/** Resolves when it is time to kill, and at the latest when there is nothing left to kill. */
async function moment(child, project, { isAimed, delay }) {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(child, 'exit', { signal }), isAimed ? project.turningPoint(signal) : sleep(delay, null, { signal })]);
  over.abort();
}

/** Waits until nothing of the run is left, for as long as it may take. @returns what is left then */
async function settle(run) {
  const deadline = performance.now() + GRACE_MS;
  let left = remaining(run);
  for (; left.length > 0 && performance.now() < deadline; left = remaining(run)) await sleep(POLL_MS);
  return left;
}

/** Temporary files that should not be there, by what there was after the signal and after the next run. */
function strayFiles(signal, early, late) {
  const before = [...early.own, ...early.cached];
  return [
    // Whoever is killed so cannot tidy up: that is left to the next run.
    ...(signal === 'SIGKILL' ? [] : early.own).map((name) => `${name}, after the signal`),
    ...[...late.own, ...late.cached].map((name) => `${name}, ${before.includes(name) ? 'not removed by' : 'made in'} the run after it`),
  ];
}

/** Starts a run and kills it. @returns what it left, and where */
async function disturb(index, reference) {
  const plan = { form: pick(Object.keys(FORMS)), signal: SIGNALS[index % SIGNALS.length], delay: random() * LONGEST_MS, isAimed: random() < AIMED, isCold: random() < COLD };
  const marker = `losscheck-kills-${process.pid}-${index}`;
  const project = createProject(path.join(home, String(index)), plan.form, { marker, code: plan.isCold ? null : reference.cache });
  const before = new Set(allProcesses().map(keyOf));
  const child = project.start();
  const exit = once(child, 'exit');
  await moment(child, project, plan);
  const known = new Set([...descendantsOf(child.pid), ...allProcesses().filter(({ pid }) => pid === child.pid)].map(keyOf));
  const isKilled = child.exitCode === null && child.signalCode === null && child.kill(plan.signal);
  const killed = performance.now();

  const left = await settle({ known, marker, folder: project.folder, before });
  const waited = performance.now() - killed;
  const isMain = ({ pid }) => pid === child.pid;
  const found = { alive: left.filter(isMain).map(commandOf), processes: left.filter((one) => !isMain(one)).map(commandOf) };
  for (const one of left) end(one);
  const [exitCode, endedBy] = await exit;
  // Before the program is loaded a signal does what it does to every process.
  const isProper = found.alive.length > 0 || endedBy === plan.signal || exitCode === INTERRUPTED || (plan.form === 'ending' && exitCode === CRASHED);
  if (!isProper) found.alive.push(`ended with ${endedBy ?? exitCode}`);
  found.torn = project.torn();
  found.traces = project.hasTrace() ? ['after the signal'] : [];
  return { ...plan, isKilled, waited, found, project, early: project.temporary() };
}

/** Runs it again where it was killed. */
async function runAfter(index, { project, early, ...round }, reference) {
  const { found, signal } = round;
  const difference = firstDifference(reference.verdicts, await project.verifyAgain());
  found.verdicts = difference === null ? [] : [difference];
  if (project.hasTrace()) found.traces.push('in the run after it');
  found.temporary = strayFiles(signal, early, project.temporary());
  rmSync(project.folder, { recursive: true, force: true });
  show(index, round);
  return round;
}

function show(index, { form, signal, isAimed, delay, isCold, found }) {
  const said = Object.entries(found).flatMap(([name, values]) => values.map((value) => `  ${LEFTOVERS[name]}: ${value.slice(0, 400)}\n`));
  const when = isAimed ? 'aimed' : `after ${Math.round(delay)} ms`;
  process.stderr.write(`${index + 1} of ${count}: ${signal}, ${form}, ${when}${isCold ? ', cold' : ''}\n${said.join('')}`);
}

try {
  const reference = await runUndisturbed();
  const rounds = [];
  // The run after one kill goes on beside the next: its processes are no one's leftovers, as it waits for them.
  let after = null;
  for (let index = 0; index < count; index++) {
    const disturbed = await disturb(index, reference);
    if (after !== null) rounds.push(await after);
    after = runAfter(index, disturbed, reference);
  }
  if (after !== null) rounds.push(await after);
  const isClean = ({ found }) => Object.values(found).every((values) => values.length === 0);
  const row = (name, of) => {
    const killed = of.filter(({ isKilled }) => isKilled);
    const leftovers = Object.keys(LEFTOVERS).map((kind) => of.filter(({ found }) => found[kind].length > 0).length);
    const ended = killed.filter(({ found }) => found.alive.length + found.processes.length === 0).map(({ waited }) => waited);
    const slowest = ended.length === 0 ? '-' : `${significant(Math.max(...ended), 3)} ms`;
    return [name, of.length, killed.length, ...Object.keys(FORMS).map((form) => killed.filter((one) => one.isAimed && one.form === form).length), slowest, ...leftovers, of.every(isClean) ? 'PASS' : 'FAIL'];
  };
  const head = ['signal', 'tried', 'came in time', 'in a loop', 'as it wrote', 'all gone after at most', ...Object.values(LEFTOVERS), ''];
  process.stdout.write(table(head, [...SIGNALS.map((signal) => row(signal, rounds.filter((one) => one.signal === signal))), row('all', rounds)]));
  process.stdout.write(`\n${provenance(`node bench/reliability/kills.mjs --count ${count} --seed ${seed}`)}`);
  if (!rounds.every(isClean)) process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
