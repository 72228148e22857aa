/** A terminal's text with its colours as an SVG: real text, sharp at every size, readable by machines. */

const ESCAPE = String.fromCharCode(27);
const COLUMN = 8.43;
/** As high as the letters, so that the lines of a table meet. */
const LINE = 17;
const MARGIN = 18;
const BAR = 34;

/** Colours of the escape codes that the program writes, on a dark ground. */
const COLOURS = { 31: '#ff7b72', 32: '#56d364', 33: '#e3b341', 34: '#79c0ff', 35: '#d2a8ff', 36: '#76e3ea', 90: '#8b949e' };
const GROUND = '#0d1117';
const TEXT = '#e6edf3';

/** @returns runs of text of one style, by line */
function readAnsi(output) {
  let style = { bold: false, dim: false, colour: null };
  return output.replace(/\n$/, '').split('\n').map((line) => {
    const runs = [];
    const [plain = '', ...rest] = line.split(`${ESCAPE}[`);
    if (plain !== '') runs.push({ text: plain, ...style });
    for (const part of rest) {
      const [, codes = '', text = ''] = /^([0-9;]*)m(.*)$/.exec(part) ?? [];
      for (const code of (codes || '0').split(';').map(Number)) style = changed(style, code);
      if (text !== '') runs.push({ text, ...style });
    }
    return runs;
  });
}

function changed(style, code) {
  if (code === 0) return { bold: false, dim: false, colour: null };
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: null };
  return code in COLOURS ? { ...style, colour: COLOURS[code] } : style;
}

/** @param title stands in the bar of the window; `columns` is how wide the terminal is */
export function toSvg(output, { title, columns = 80 }) {
  const lines = readAnsi(output);
  const width = Math.round(columns * COLUMN + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN + BAR;
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map((fill, index) => `<circle cx="${20 + 20 * index}" cy="${BAR / 2}" r="6" fill="${fill}"/>`);
  const rows = lines.map((runs, index) => row(runs, BAR + MARGIN + LINE * index + 14));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${GROUND}"/>`,
    ...dots,
    `<text x="${width / 2}" y="${BAR / 2 + 5}" text-anchor="middle" font-family="system-ui, sans-serif" font-size="13" fill="#8b949e">${escape(title)}</text>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="${TEXT}">`,
    ...rows.filter((text) => text !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function row(runs, y) {
  let column = 0;
  const spans = runs.map(({ text, bold, dim, colour }) => {
    const x = MARGIN + column * COLUMN;
    column += [...text].length;
    // Each run has its own place and length: a font of another width leaves the columns where they are. Viewers fold spaces.
    const length = ([...text].length * COLUMN).toFixed(1);
    const attributes = [bold ? ' font-weight="bold"' : '', dim ? ' opacity="0.65"' : '', colour === null ? '' : ` fill="${colour}"`].join('');
    return text.trim() === '' ? '' : `<tspan x="${x.toFixed(1)}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${attributes}>${escape(text).replaceAll(' ', '\u00a0')}</tspan>`;
  });
  const content = spans.join('');
  return content === '' ? '' : `<text y="${y}">${content}</text>`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
