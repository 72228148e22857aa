import type { CheckReport, InputReport, LossReport } from '../../contracts/report.ts';
import { formatNumber, formatShape, readNumber } from '../numbers.ts';
import { problemsOfLoss, type Problem } from '../problems.ts';
import { count } from '../text.ts';
import { figuresOf, whyNoFigure } from './figures/index.ts';
import { renderFigure } from './figures/render.ts';
import { inWords } from './in-words.ts';
import { stateBadge, stateOf, statusBadge } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { renderProblem } from './problem.ts';
import { renderSource, type Blame } from './source.ts';

/** A longer source is folded. */
const SHORT_SOURCE = 60;

/** What needs action first. */
const LEVELS: readonly Problem['level'][] = ['failure', 'warning', 'accepted', 'note'];

/** A loss with the places on the page that its problems have. */
export interface LossOnPage {
  readonly loss: LossReport;
  readonly anchor: string;
  readonly problems: readonly { readonly problem: Problem; readonly anchor: string }[];
}

export function placeLoss(loss: LossReport, at: number): LossOnPage {
  const anchor = `loss-${at + 1}`;
  const problems = problemsOfLoss(loss).toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  return { loss, anchor, problems: problems.map((problem, each) => ({ problem, anchor: `${anchor}-problem-${each + 1}` })) };
}

export function renderLoss(placed: LossOnPage): Markup {
  const { loss, anchor, problems } = placed;
  const state = stateOf(loss);
  const isOpen = state !== 'pass' && state !== 'warn';
  return html`<details class="${`loss ${state}`}" id="${anchor}" data-state="${state}"${isOpen ? html` open` : null}>
<summary><h2>${stateBadge(state)} <span class="name">${loss.id}</span>${loss.id.includes(loss.name) ? null : html` <span class="alias">${loss.name}</span>`}</h2><span class="facts">${describe(placed)}</span></summary>
<div class="body">
${problems.length === 0 ? null : html`<section><h3>${state === 'pass' ? 'Notes' : 'What was found'}</h3>${problems.map(({ problem, anchor: place }) => renderProblem(problem, place))}</section>`}
${loss.checks.length === 0 ? null : html`<section><h3>Checks</h3>${renderChecks(loss.checks)}</section>`}
${renderFigures(loss)}
${renderInputs(loss)}
${renderWholeSource(placed)}
</div>
</details>`;
}

function describe({ loss, problems }: LossOnPage): string {
  const amount = (level: Problem['level']) => problems.filter(({ problem }) => problem.level === level).length;
  const facts = [
    [amount('failure'), 'failure'],
    [amount('warning'), 'warning'],
    [amount('accepted'), 'accepted', 'accepted'],
    [loss.checks.filter(({ status }) => status === 'pass').length, 'check passed', 'checks passed'],
  ] as const;
  return facts.flatMap(([number, one, many]) => (number === 0 ? [] : [count(number, one, many)])).join(' · ');
}

function renderChecks(checks: readonly CheckReport[]): Markup {
  return html`<table class="checks"><thead><tr><th scope="col">check</th><th scope="col">status</th><th scope="col">result</th></tr></thead><tbody>${checks.map(
    (check) => html`<tr class="${check.status}"><th scope="row">${check.id}</th><td>${statusBadge(check.status)}</td><td>${check.summary}${renderMetrics(check)}</td></tr>`,
  )}</tbody></table>`;
}

function renderMetrics({ metrics }: CheckReport): Markup | null {
  const values = Object.entries(metrics).map(([name, value]) => {
    const number = readNumber(value);
    return `${inWords(name)} ${number === null ? String(value) : formatNumber(number)}`;
  });
  return values.length === 0 ? null : html`<span class="metrics">${values.join(' · ')}</span>`;
}

function renderFigures({ checks }: LossReport): Markup | null {
  const figures = checks.flatMap(figuresOf);
  const reasons = checks.map(whyNoFigure).filter((reason) => reason !== null);
  if (figures.length + reasons.length === 0) return null;
  return html`<section><h3>What the checks saw</h3>${figures.length === 0 ? null : html`<div class="figures">${figures.map(renderFigure)}</div>`}${
    reasons.length === 0 ? null : html`<ul class="reasons">${reasons.map((reason) => html`<li>No picture: ${reason}.</li>`)}</ul>`
  }</section>`;
}

function renderInputs({ inputs, notes }: LossReport): Markup | null {
  if (inputs.length + notes.length === 0) return null;
  const row = ({ name, role, shape, domain, inferred }: InputReport) =>
    html`<tr><th scope="row">${name}</th><td>${role}</td><td>${formatShape(shape)}</td><td>${domain}${inferred ? html` <span class="inferred">inferred</span>` : null}</td></tr>`;
  return html`<section><h3>Inputs it was checked with</h3><table class="inputs"><thead><tr><th scope="col">input</th><th scope="col">role</th><th scope="col">shape</th><th scope="col">domain</th></tr></thead><tbody>${inputs.map(row)}</tbody></table>${
    notes.length === 0 ? null : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`
  }</section>`;
}

function renderWholeSource({ loss, problems }: LossOnPage): Markup | null {
  const { source, file } = loss;
  if (source === undefined) return null;
  const blames = problems.flatMap(({ problem, anchor }): Blame[] => {
    const { location, code, level } = problem;
    return location === null || location.file !== file || level === 'note' ? [] : [{ line: location.line, column: location.column, code, anchor }];
  });
  const lines = new Set(blames.map(({ line }) => line)).size;
  const about = lines === 0 ? '' : `, ${count(lines, 'line')} blamed`;
  const isOpen = lines > 0 && source.lines.length <= SHORT_SOURCE;
  return html`<section><details class="source"${isOpen ? html` open` : null}><summary><h3>Source${about}</h3></summary>${renderSource(source, blames)}</details></section>`;
}
