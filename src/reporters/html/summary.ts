import type { EngineReport, Report } from '../../contracts/report.ts';
import { count } from '../text.ts';
import { describeEngine, describeLosses } from '../totals.ts';
import type { LossOnPage } from './loss.ts';
import { STATE_WORDS, STATES, stateBadge, stateOf, type State } from './marks.ts';
import { html, type Markup } from './markup.ts';

/** The answer in one sentence. Says nothing of dates and durations, so that the same run gives the same page. */
export function headlineOf(report: Report): string {
  const { losses, passed, failed, inconclusive, errors } = report.summary;
  if (losses === 0) return describeLosses(report).join(', ');
  const bad = failed + inconclusive + errors;
  if (bad === 0) return losses === 1 ? 'The loss passed' : `All ${losses} losses passed`;
  const parts = [
    ...(failed > 0 ? [`${failed} of ${count(losses, 'loss', 'losses')} failed`] : []),
    ...(errors > 0 ? [`${count(errors, 'loss', 'losses')} could not be checked`] : []),
    ...(inconclusive > 0 ? [`${count(inconclusive, 'loss', 'losses')} could not be decided`] : []),
  ];
  if (losses > 1) return parts.join(', ');
  if (passed + errors + inconclusive === 0) return 'The loss failed';
  return errors > 0 ? 'The loss could not be checked' : 'The loss could not be decided';
}

export function renderSummary(report: Report, placed: readonly LossOnPage[]): Markup {
  const isGood = report.exitCode === 0;
  return html`<section class="${`verdict ${isGood ? 'pass' : 'fail'}`}" aria-label="Summary">
<h1><span class="symbol" aria-hidden="true">${isGood ? '✓' : '✗'}</span>${headlineOf(report)}</h1>
<ul class="tiles">${STATES.map((state) => tile(state, placed))}</ul>
<dl class="run">${factsOf(report).map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
${renderStale(report)}
</section>
${renderOverview(placed)}`;
}

function tile(state: State, placed: readonly LossOnPage[]): Markup | null {
  const amount = placed.filter(({ loss }) => stateOf(loss) === state).length;
  return amount === 0 ? null : html`<li class="${`tile ${state}`}"><span class="amount">${amount}</span> ${STATE_WORDS[state]}</li>`;
}

function factsOf(report: Report): [string, string][] {
  const { engines, isolation, seed, tool, config, baseline, changed, shard, exitCode } = report;
  return [
    ['reference engine', engineFacts(engines.reference)],
    ['production engine', engineFacts(engines.production)],
    ...(engines.notes ?? []).map(({ message, fix }) => ['note', `${message}. Fix: ${fix}`] as [string, string]),
    ...(engines.others ?? []).map((engine) => ['compared with', engineFacts(engine)] as [string, string]),
    ...(engines.unavailable ?? []).map(({ backend, reason }) => ['not compared', `${backend} (${reason})`] as [string, string]),
    ...(isolation === undefined ? [] : [['isolation', isolation === 'on' ? 'on: each module in a process of its own' : 'off: the modules could do what losscheck can'] as [string, string]]),
    ['seed', String(seed)],
    ['exit code', String(exitCode)],
    ['losscheck', `version ${tool.version}`],
    ...(config === undefined ? [] : [['config', config] as [string, string]]),
    ...(baseline === undefined ? [] : [['baseline', `${baseline.file}: ${count(baseline.known, 'known finding')}`] as [string, string]]),
    ...(changed === undefined
      ? []
      : [['changed since', `${changed.since}: ${changed.targets} of ${count(changed.of, 'target')}`] as [string, string]]),
    ...(shard === undefined ? [] : [['shard', `${shard.index} of ${shard.count}`] as [string, string]]),
  ];
}

function engineFacts(engine: EngineReport): string {
  const reason = engine.fallbackReason === null ? '' : ` (${engine.fallbackReason})`;
  return `${describeEngine(engine)}, tfjs ${engine.tfjs}${reason}`;
}

/** Entries of the baseline that can go. */
function renderStale({ baseline }: Report): Markup | null {
  const stale = baseline?.stale ?? [];
  if (stale.length === 0) return null;
  return html`<details class="stale"><summary>${count(stale.length, 'entry', 'entries')} of the baseline ${stale.length === 1 ? 'was' : 'were'} not found again: mended, or moved</summary><ul>${stale.map(
    ({ loss, check, code }) => html`<li><code>${loss}</code> ${check}: ${code}</li>`,
  )}</ul></details>`;
}

/** With one loss it is on the screen already. */
function renderOverview(placed: readonly LossOnPage[]): Markup | null {
  const bad = placed.filter(({ problems }) => problems.some(({ problem }) => problem.level === 'failure'));
  if (placed.length < 2 || bad.length === 0) return null;
  const row = ({ loss, anchor, problems }: LossOnPage) => {
    const failures = problems.filter(({ problem }) => problem.level === 'failure');
    return html`<li>${stateBadge(stateOf(loss))} <a class="name" href="${`#${anchor}`}">${loss.id}</a><span class="codes">${failures.map(
      ({ problem, anchor: place }, at) => html`${at === 0 ? '' : ', '}<a href="${`#${place}`}">${problem.title}</a>`,
    )}</span></li>`;
  };
  return html`<nav class="overview" aria-label="What fails"><h2>What fails</h2><ul>${bad.map(row)}</ul></nav>`;
}
