import type { Report, ReporterOptions } from '../../contracts/report.ts';
import { count } from '../text.ts';
import { CLIENT } from './assets.ts';
import { placeLoss, renderLoss, type LossOnPage } from './loss.ts';
import { STATE_WORDS, STATES, stateOf, type State } from './marks.ts';
import { html, Markup } from './markup.ts';
import { headlineOf, renderSummary } from './summary.ts';

/** Nothing is fetched or sent, and of scripts and styles only these two count, whatever a name in the report holds. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'sha256-${CLIENT.scriptHash}'`,
  `style-src 'sha256-${CLIENT.styleHash}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ');

/** One page that needs no other file and no network; without JavaScript all its text and numbers are there. */
export function renderHtml(report: Report, _options: ReporterOptions): string {
  const placed = report.losses.map(placeLoss);
  const ordered = placed.toSorted((a, b) => rank(a) - rank(b));
  const page = html`${new Markup('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="losscheck">
<title>${headlineOf(report)} – losscheck</title>
<style>${new Markup(CLIENT.style)}</style>
</head>
<body>
<a class="skip-link" href="#losses">Skip to the losses</a>
<header><span class="brand">losscheck</span><span class="question">Can I train on this loss?</span><button type="button" id="theme" class="js-only">Theme: system</button></header>
<main>
${renderSummary(report, ordered)}
${ordered.length < 2 ? null : renderToolbar(ordered)}
<div id="losses" tabindex="-1">${ordered.map(renderLoss)}</div>
<p id="nothing" hidden>No loss matches. <button type="button" id="clear">Show all</button></p>
</main>
<footer>${count(ordered.length, 'loss', 'losses')}, seed ${report.seed}. The same command gives the same page.</footer>
<script>${new Markup(CLIENT.script)}</script>
</body>
</html>
`;
  return page.toString();
}

function rank({ loss }: LossOnPage): number {
  return STATES.indexOf(stateOf(loss));
}

function renderToolbar(placed: readonly LossOnPage[]): Markup {
  const present = STATES.map((state) => ({ state, amount: placed.filter(({ loss }) => stateOf(loss) === state).length }));
  const button = (filter: State | 'all', word: string, amount: number) =>
    html`<button type="button" class="filter" data-filter="${filter}" aria-pressed="${filter === 'all' ? 'true' : 'false'}">${word} <span class="amount">${amount}</span></button>`;
  return html`<div class="toolbar js-only" role="search" aria-label="Losses">
<div class="filters" role="group" aria-label="Show">${button('all', 'all', placed.length)}${present.flatMap(({ state, amount }) =>
    amount === 0 ? [] : [button(state, STATE_WORDS[state], amount)],
  )}</div>
<label class="search"><span class="label">Search</span><input type="search" id="search" placeholder="name, code or text ( / )" autocomplete="off" spellcheck="false"></label>
<div class="folding"><button type="button" id="open-all">Open all</button><button type="button" id="close-all">Close all</button></div>
<p id="shown" role="status"></p>
</div>`;
}
