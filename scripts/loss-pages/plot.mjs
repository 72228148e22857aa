/** A loss and its slope side by side, as an SVG that follows the colour scheme of whoever looks at it. */
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { readable } from './numbers.mjs';

const WIDTH = 640;
const HEIGHT = 220;
const PANEL = { width: 238, top: 30, bottom: HEIGHT - 46 };
const LEFT = [60, 388];
const TICKS = 5;

/** Far enough outside of the panel that a line to there leaves it where it should. */
const OUTSIDE = 4 * HEIGHT;

const STYLE = `
  .ground { fill: #ffffff; }
  text { font: 11px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif; fill: #57606a; }
  .title { font-size: 13px; font-weight: 600; }
  .grid { stroke: #d8dee4; }
  .zero { stroke: #8c959f; }
  .value { --ink: #0550ae; }
  .slope { --ink: #bc4c00; }
  .curve { fill: none; stroke: var(--ink); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
  .jump { stroke: var(--ink); stroke-dasharray: 2 3; }
  .mark { fill: var(--ink); }
  .example { fill: var(--ink); stroke: #ffffff; stroke-width: 1.5; }
  .title { fill: var(--ink); }
  .beyond { stroke: #ffffff; stroke-width: 3; paint-order: stroke; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; }
    text { fill: #9da7b3; }
    .grid { stroke: #2a313a; }
    .zero { stroke: #6e7681; }
    .value { --ink: #58a6ff; }
    .slope { --ink: #f0883e; }
    .example, .beyond { stroke: #0d1117; }
  }
`;

export function renderPlot({ id, name }, along, curve) {
  const slopeTitle = along.isGradient ? 'gradient' : 'slope along the line';
  const panels = [
    panel({ left: LEFT[0], kind: 'value', title: 'loss', range: curve.values, along, curve, clip: `${id}-value` }),
    panel({ left: LEFT[1], kind: 'slope', title: slopeTitle, range: curve.slopes, along, curve, clip: `${id}-slope` }),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    `<title>${escaped(`${name}: the loss and its ${slopeTitle} along ${along.label}`)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function panel({ left, kind, title, range, along, curve, clip }) {
  const x = scaleLinear([along.from, along.to], [left, left + PANEL.width]);
  const y = scaleLinear([range.low, range.high], [PANEL.bottom, PANEL.top]);
  // A round end only where it is an end of the data, not where the axis cuts it off.
  const [low, high] = y.copy().nice(TICKS).domain();
  const isCut = (isAbove) => range.beyond.some((point) => point.value > range.high === isAbove);
  y.domain([isCut(false) ? range.low : low, isCut(true) ? range.high : high]);
  const place = (point) => [x(point.s), Math.min(PANEL.bottom + OUTSIDE, Math.max(PANEL.top - OUTSIDE, y(point[kind])))];
  return [
    `<g class="${kind}">`,
    `<clipPath id="${clip}"><rect x="${left}" y="${PANEL.top - 2}" width="${PANEL.width}" height="${PANEL.bottom - PANEL.top + 4}"/></clipPath>`,
    ...axes(x, y, left, along),
    `<text class="title" x="${left}" y="${PANEL.top - 12}">${escaped(title)}</text>`,
    `<g clip-path="url(#${clip})">`,
    ...stretches(curve.points, kind).map((points) => `<path class="curve" d="${line().digits(1)(withoutRepeats(points.map(place)))}"/>`),
    ...jumps(curve.points, kind, place),
    '</g>',
    ...range.beyond.map((point) => arrow(x(point.s), point.value > range.high, point.value)),
    ...dot(along, range, place),
    '</g>',
  ].join('\n');
}

function axes(x, y, left, { label, what }) {
  const right = left + PANEL.width;
  const middle = left + PANEL.width / 2;
  return [
    ...y.ticks(TICKS).flatMap((tick) => [
      `<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${left}" x2="${right}" y1="${pixel(y(tick))}" y2="${pixel(y(tick))}"/>`,
      `<text x="${left - 6}" y="${pixel(y(tick) + 4)}" text-anchor="end">${readable(tick)}</text>`,
    ]),
    ...x.ticks(TICKS).flatMap((tick) => [
      `<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${pixel(x(tick))}" x2="${pixel(x(tick))}" y1="${PANEL.top}" y2="${PANEL.bottom}"/>`,
      `<text x="${pixel(x(tick))}" y="${PANEL.bottom + 16}" text-anchor="middle">${readable(tick)}</text>`,
    ]),
    `<text x="${middle}" y="${PANEL.bottom + 35}" text-anchor="middle">${escaped(what === null ? label : `${label} (${what})`)}</text>`,
  ];
}

/** The points from jump to jump. */
function stretches(points, kind) {
  const found = [];
  for (const point of points) {
    if (point.breaks[kind] || found.length === 0) found.push([]);
    found.at(-1).push(point);
  }
  return found;
}

function jumps(points, kind, place) {
  return points.flatMap((point, i) => {
    if (!point.breaks[kind]) return [];
    const [[x1, y1], [x2, y2]] = [place(points[i - 1]), place(point)];
    return [`<line class="jump" x1="${pixel(x1)}" y1="${pixel(y1)}" x2="${pixel(x2)}" y2="${pixel(y2)}"/>`];
  });
}

/** Points that a straight line between their neighbours passes through are not needed. */
function withoutRepeats(places) {
  const kept = [];
  for (const place of places) {
    const [before, last] = [kept.at(-2), kept.at(-1)];
    if (before !== undefined && onLine(before, last, place)) kept.pop();
    kept.push(place);
  }
  return kept;
}

const STRAIGHT = 0.02;

function onLine([x0, y0], [x1, y1], [x2, y2]) {
  return Math.abs(y0 + ((y2 - y0) * (x1 - x0)) / (x2 - x0) - y1) < STRAIGHT;
}

/** The curve goes on beyond the axis: how far. */
function arrow(x, isAbove, value) {
  const [edge, tip] = isAbove ? [PANEL.top + 5, PANEL.top - 2] : [PANEL.bottom - 5, PANEL.bottom + 2];
  const isLeft = x < WIDTH / 2 ? x < LEFT[0] + PANEL.width / 2 : x < LEFT[1] + PANEL.width / 2;
  const at = isLeft ? `x="${pixel(x + 14)}"` : `x="${pixel(x - 14)}" text-anchor="end"`;
  return [
    `<path class="mark" d="M${pixel(x - 4)},${edge}L${pixel(x + 4)},${edge}L${pixel(x)},${tip}Z"/>`,
    `<text class="beyond" ${at} y="${isAbove ? PANEL.top + 9 : PANEL.bottom - 4}">to ${readable(value, 2)}</text>`,
  ].join('\n');
}

function dot(along, range, place) {
  if (along.start < along.from || along.start > along.to) return [];
  const example = along.at(along.start);
  const [cx, cy] = place(example);
  if (cy < PANEL.top - 1 || cy > PANEL.bottom + 1) return [];
  return [`<circle class="example" cx="${pixel(cx)}" cy="${pixel(cy)}" r="4"/>`];
}

function pixel(number) {
  return Math.round(number * 10) / 10;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
