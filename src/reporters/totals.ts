import type { EngineReport, FindingReport, Report } from '../contracts/report.ts';
import type { Layout } from './style.ts';
import { clean, count, wrap } from './text.ts';

/** The last lines: how many losses passed, what else there is to know, and which engines decided. */
export function renderTotals(report: Report, { style, width }: Layout): string[] {
  const passed = report.exitCode === 0;
  const paint = passed ? style.green : style.red;
  return [
    ...wrap(`${passed ? '✓' : '✗'} ${describeRun(report)}`, width).map((line) => style.bold(paint(line))),
    ...wrap(describeEngines(report), width).map((line) => style.dim(line)),
    ...(report.config === undefined ? [] : wrap(`config ${clean(report.config)}`, width).map((line) => style.dim(line))),
    ...[...describeNotes(report), ...describeStale(report)].flatMap((text) => wrap(text, width)).map((line) => style.yellow(line)),
  ];
}

/** `2 losses: 1 passed, 1 failed, 1 warning, seed 0`. */
export function describeRun(report: Report): string {
  return [...describeLosses(report), ...describeFindings(report), ...describePart(report), `seed ${report.seed}`].join(', ');
}

/** What somebody who trains with this installation of TensorFlow.js should know. */
export function describeNotes({ engines }: Pick<Report, 'engines'>): string[] {
  return (engines.notes ?? []).map(({ message, fix }) => `note: ${clean(message)}. Fix: ${clean(fix)}`);
}

/** Entries of the baseline that nothing needs any more: mended, or moved. */
function describeStale({ baseline }: Report): string[] {
  if (baseline === undefined || baseline.stale.length === 0) return [];
  const { file, stale } = baseline;
  const named = stale.map(({ loss, code }) => `${clean(loss)} ${clean(code)}`).join(', ');
  return [`${clean(file)} holds ${count(stale.length, 'finding')} that no longer exist: ${named}; drop with losscheck baseline prune`];
}

export function describeLosses(report: Report): string[] {
  const { summary } = report;
  const parts: [number, string][] = [
    [summary.passed, 'passed'],
    [summary.failed, 'failed'],
    [summary.inconclusive, 'inconclusive'],
    [summary.errors, 'could not be checked'],
  ];
  const present = parts.filter(([amount]) => amount > 0);
  const [first, ...others] = present;
  if (first === undefined) return [describeNothing(report)];
  const [amount, word] = first;
  const whole =
    others.length === 0 ? count(amount, 'loss', 'losses') : `${count(summary.losses, 'loss', 'losses')}: ${amount}`;
  return [`${whole} ${word}`, ...others.map(([each, text]) => `${each} ${text}`)];
}

/** Why a run may rightly have checked nothing. */
function describeNothing({ changed, shard }: Report): string {
  const since = clean(changed?.since ?? '');
  if (changed?.targets === 0) return `nothing to check: none of ${count(changed.of, 'target')} has changed since ${since}`;
  if (shard !== undefined) return `nothing to check: shard ${shard.index} of ${shard.count} has no losses`;
  return changed === undefined ? 'no losses were checked' : `nothing to check: no file that has changed since ${since} holds a loss`;
}

/** Which part of the losses there are this report is about, and how much of it an earlier run has found out. */
function describePart({ losses, changed, shard }: Report): string[] {
  const cached = losses.filter((loss) => loss.cached === true).length;
  return [
    ...(cached > 0 ? [`${cached === losses.length ? 'all' : cached} from the cache`] : []),
    ...(changed === undefined || losses.length === 0 ? [] : [`changed since ${clean(changed.since)}`]),
    ...(shard === undefined || losses.length === 0 ? [] : [`shard ${shard.index} of ${shard.count}`]),
  ];
}

function describeFindings(report: Report): string[] {
  const findings = allFindings(report);
  const warnings = findings.filter((finding) => finding.allowed === null && finding.severity === 'warning').length;
  const known = findings.filter((finding) => finding.known === true).length;
  const allowed = findings.filter((finding) => finding.allowed !== null && finding.known !== true).length;
  const facts: string[] = [];
  if (warnings > 0) facts.push(count(warnings, 'warning'));
  if (known > 0) facts.push(count(known, 'known finding'));
  if (allowed > 0) facts.push(count(allowed, 'allowed finding'));
  return facts;
}

function allFindings(report: Report): FindingReport[] {
  return report.losses.flatMap((loss) => [...loss.findings, ...loss.checks.flatMap((check) => check.findings)]);
}

/** Which engines decided, and why not others. */
export function describeEngines({ engines, isolation }: Pick<Report, 'engines' | 'isolation'>): string {
  const { reference, production, others = [], unavailable = [] } = engines;
  const versions = `tfjs ${[...new Set([reference, production, ...others].map(({ tfjs }) => tfjs))].join(' and ')}`;
  const beside = others.length === 0 ? '' : `, compared with ${others.map(describeEngine).join(', ')}`;
  // Why tensorflow does not run is also why another one was taken.
  const missing = unavailable.map(({ backend, reason }) => `; ${backend} is not compared: ${clean(reason)}`).join('');
  const reason = production.fallbackReason === null || unavailable.length > 0 ? '' : `; ${clean(production.fallbackReason)}`;
  return `reference ${describeEngine(reference)}, production ${describeEngine(production)}${beside}, ${versions}${reason}${missing}${isolation === 'off' ? '; not isolated: the modules could do what losscheck can' : ''}`;
}

/** `float32 on tensorflow`. */
export function describeEngine(engine: EngineReport): string {
  return `float${engine.precision} on ${engine.backend}`;
}
