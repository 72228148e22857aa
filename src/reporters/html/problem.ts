import { formatLocation } from '../frame.ts';
import { formatNumber, formatShape, readNumber } from '../numbers.ts';
import type { Problem } from '../problems.ts';
import { describeTensor, readNumbers } from '../tensor.ts';
import { hasPage } from '../titles.ts';
import { inWords } from './in-words.ts';
import { levelBadge } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { renderFrame } from './source.ts';

/** One problem with all there is to know of it. What needs no action is folded. */
export function renderProblem(problem: Problem, anchor: string): Markup {
  const { level, code, title, message, location, accepted, why, fix, finding } = problem;
  const isOpen = level === 'failure' || level === 'warning';
  return html`<details class="${`problem ${level}`}" id="${anchor}"${isOpen ? html` open` : null}>
<summary><h4>${levelBadge(level)} <span class="title">${title}</span>${title === code ? null : html` <code class="id">${code}</code>`}</h4></summary>
<div class="body">
<p class="message">${message}</p>
${accepted === null ? null : html`<p class="accepted"><strong>Accepted:</strong> ${accepted}</p>`}
${location === null ? null : html`<p class="place"><code>${formatLocation(location)}</code></p>${renderFrame(location)}`}
<div class="advice">
${why === '' ? null : html`<div><h5>Why it matters</h5><p>${why}</p></div>`}
${fix === '' ? null : html`<div class="fix"><h5>How to fix it</h5><p>${fix}</p></div>`}
</div>
${finding === null ? null : renderFacts(finding.data)}
${command('See it again', problem.replay)}
${problem.eval === null ? null : command('Value and gradient at this point', problem.eval)}
${finding !== null && hasPage(code) ? command('More about this, with an example', `losscheck explain ${code}`) : null}
</div>
</details>`;
}

/** A command with a button that copies it; the text can be selected where the button cannot work. */
function command(label: string, text: string): Markup | null {
  if (text === '') return null;
  return html`<div class="command"><span class="label">${label}</span><code tabindex="0">${text}</code><button type="button" class="copy js-only" aria-label="${`Copy the command: ${label}`}">Copy</button></div>`;
}

/** The numbers of a finding, and the point that shows it. */
function renderFacts(data: Readonly<Record<string, unknown>>): Markup | null {
  const facts = Object.entries(data).flatMap(([name, value]) => {
    const text = name === 'point' ? null : describe(value);
    return text === null ? [] : [html`<div><dt>${inWords(name)}</dt><dd>${text}</dd></div>`];
  });
  const point = readPoint(data['point']);
  if (facts.length + point.length === 0) return null;
  return html`<details class="facts"><summary>Input and numbers</summary>${
    point.length === 0
      ? null
      : html`<table class="point"><thead><tr><th scope="col">input</th><th scope="col">shape and values that show it</th></tr></thead><tbody>${point.map(
          ([name, value]) => html`<tr><th scope="row">${name}</th><td>${describeTensor(value)}</td></tr>`,
        )}</tbody></table>`
  }<dl>${facts}</dl></details>`;
}

function readPoint(point: unknown): [string, unknown][] {
  return typeof point === 'object' && point !== null ? Object.entries(point) : [];
}

/** Null for what says nothing by itself. */
function describe(value: unknown): string | null {
  const number = readNumber(value);
  if (number !== null) return formatNumber(number);
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (!Array.isArray(value)) return null;
  const numbers = readNumbers(value);
  if (numbers !== null) return numbers.shape.length === 1 ? formatShape(numbers.values) : describeTensor(value);
  const words = value.filter((each): each is string => typeof each === 'string');
  return words.length === value.length && words.length > 0 ? words.join(', ') : null;
}
