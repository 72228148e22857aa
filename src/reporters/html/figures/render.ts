import { count } from '../../text.ts';
import { dataScript, html, type Markup } from '../markup.ts';
import { PALETTE_SIZE, type HeatMap, type LinePlot, type Series } from '../plot.ts';
import type { DataTable, Figure } from './figure.ts';
import { show } from './words.ts';

/** A figure that reads without its picture: the script draws it, and folds the table. */
export function renderFigure({ title, reading, conclusion, plot, table }: Figure): Markup {
  return html`<figure class="figure">
<h4>${title}</h4>
<p class="conclusion">${conclusion}</p>
<div class="drawing js-only" data-plot="${plot.kind}"${plot.kind === 'lines' ? html` data-panels="${plot.panels.length}"` : null} role="group" aria-roledescription="plot" aria-label="${`${title} ${conclusion} Arrow keys read the values.`}" tabindex="0"></div>
${dataScript(plot)}
${plot.kind === 'heat' ? renderScale(plot) : renderLegend(plot)}
<p class="readout js-only" role="status"></p>
<p class="reading">${reading}</p>
<details class="data" open><summary>The numbers (${count(table.rows.length, 'row')})</summary>${renderTable(table, title)}</details>
</figure>`;
}

function renderLegend({ panels, marks }: LinePlot): Markup {
  const all = panels.flatMap(({ series }) => series);
  const once = all.filter(({ label }, at) => all.findIndex((other) => other.label === label) === at);
  const hasGaps = all.some(({ values }) => values.some((value) => typeof value === 'string'));
  return html`<ul class="legend js-only">${once.map((series) => html`<li>${swatch(series)}${series.label}</li>`)}${marks.map(
    ({ label }) => html`<li><svg class="swatch mark" viewBox="0 0 28 12" aria-hidden="true"><path d="M14 0v12"/></svg>${label}</li>`,
  )}${hasGaps ? html`<li><svg class="swatch gap" viewBox="0 0 28 12" aria-hidden="true"><path d="M10 2l8 8M18 2l-8 8"/></svg>not a finite number</li>` : null}</ul>`;
}

/** The same strokes as in the drawing, so that the legend reads without colours. */
function swatch({ look, color }: Series): Markup {
  const line = html`<path d="M1 6h26"/>`;
  const dots = html`<circle cx="14" cy="6" r="3"/>`;
  return html`<svg class="${`swatch look-${look} color-${color % PALETTE_SIZE}`}" viewBox="0 0 28 12" aria-hidden="true">${look === 'dots' ? null : line}${look === 'dots' || look === 'dotted-line' ? dots : null}</svg>`;
}

function renderScale({ rtol }: HeatMap): Markup {
  return html`<div class="scale js-only" aria-hidden="true"><span class="scale-bar"></span><span class="scale-labels"><span>1e-16</span><span>tolerance ${show(rtol)}</span><span>1</span></span><span class="scale-name">relative error, logarithmic</span></div>`;
}

function renderTable({ head, rows, note }: DataTable, caption: string): Markup {
  return html`${note === null ? null : html`<p class="table-note">${note}</p>`}<div class="scroll" tabindex="0" role="region" aria-label="${`Numbers: ${caption}`}"><table class="numbers"><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
