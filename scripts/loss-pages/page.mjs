/** The page of the built-in losses, as Markdown. */
import { readable } from './numbers.mjs';

const INTRODUCTION = `Every loss here can be imported and trained with, and verified by its id: \`losscheck verify huber\`.
\`losscheck list huber\` shows the same facts in a terminal, \`losscheck list --json\` gives them to scripts.

In the plots one coordinate of the prediction moves over its domain, and everything else stays as in the worked example
of the loss, which is the dot. Where the entries of a row belong together the rest of the row makes room, or the row is
turned, and the slope along that line is shown. Value and gradient are computed in float64, the gradient by autograd. A
dashed line is a jump; an arrow says how far a curve goes on beyond the axis.

Golden values are what the tests compare with: values and gradients in double precision, computed as it says there and
not by this code.`;

/**
 * @param losses descriptions with along and edges, as `buildLossPages` puts them together
 * @param stamp of what the page is made from
 */
export function renderPage(losses, families, stamp) {
  const groups = families
    .map((family) => ({ title: capitalised(family), members: losses.filter((loss) => loss.family === family) }))
    .filter(({ members }) => members.length > 0);
  const head = `# The built-in losses\n\n<!-- Written by scripts/build-loss-pages.mjs from the definitions: change those. Made from ${stamp}. -->`;
  return `${[head, INTRODUCTION, ...contents(groups), ...groups.flatMap(renderFamily)].join('\n\n')}\n`;
}

function contents(groups) {
  return groups.flatMap(({ title, members }) => [
    `**[${title}](#${slug(title)})**`,
    members.map(({ id, description }) => `- [${id}](#${id}): ${text(description)}`).join('\n'),
  ]);
}

function renderFamily({ title, members }) {
  return [`## ${title}`, ...members.flatMap(renderLoss)];
}

function renderLoss(loss) {
  const { id, name, description, formula, inputs, parameters, along } = loss;
  const plotted = along.what === null ? along.label : `${along.label}, ${along.what}`;
  return [
    `### ${id}`,
    `**${text(name)}.** ${text(description)}`,
    fenced('text', formula),
    `![${text(name)} and its gradient along ${plotted}](losses/${id}.svg)`,
    fenced('ts', `import { ${camelCase(id)} } from 'losscheck/losses';\n\nconst loss = ${camelCase(id)}(${inputs.map((input) => input.name).join(', ')});`),
    inputTable(inputs),
    ...(parameters.length === 0 ? [] : [parameterTable(parameters)]),
    facts(loss),
    `Worked example, which gives \`${loss.example.value}\`:`,
    fenced('sh', exampleCommand(loss)),
    edgeSection(loss),
  ];
}

function inputTable(inputs) {
  const rows = inputs.map(({ name, role, domain, shape }) => [code(name), role, domain, code(JSON.stringify(shape))]);
  return table(['input', 'role', 'domain', 'shape when verified'], rows);
}

function parameterTable(parameters) {
  const rows = parameters.map(({ name, type, default: initial, description }) => [
    code(name),
    cell(type),
    code(JSON.stringify(initial)),
    cell(description ?? ''),
  ]);
  return table(['parameter', 'type', 'default', ''], rows);
}

function facts({ kinks, reference, oracle }) {
  const lines = [
    ...(kinks === null ? [] : [`- Kinks: ${text(kinks)}`]),
    `- Source: ${text(reference)}`,
    `- Golden values: ${oracle === null ? 'none yet' : `${text(oracle.name)} (${versionsOf(oracle)})`}`,
  ];
  return lines.join('\n');
}

function versionsOf({ versions }) {
  return Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ');
}

/** Gives the value of the example when it is run. */
function exampleCommand({ id, example }) {
  const inputs = Object.entries(example.inputs).map(([name, value]) => `--input ${name}='${JSON.stringify(value)}'`);
  const params = Object.entries(example.params).map(([name, value]) => `--param ${name}='${JSON.stringify(value)}'`);
  return ['losscheck eval', id, ...inputs, ...params].join(' ');
}

function edgeSection({ inputs, edges: { points, rows } }) {
  const first = inputs.find(({ role }) => role === 'prediction').name;
  const steepest = Math.max(...rows.map((row) => row.steepest));
  const [lowest, highest] = [Math.min(...rows.map((row) => row.lowest)), Math.max(...rows.map((row) => row.highest))];
  const summary = `Edges of the domain, float32, default parameters: ${points} points, values from ${readable(lowest)} to ${readable(highest)}, gradients up to ${readable(steepest)}`;
  const cells = rows.map((row) => [cell(row.edge), between(row.lowest, row.highest), readable(row.steepest)]);
  return [
    `<details><summary>${summary}</summary>`,
    table([code(first), 'value', 'largest |gradient|'].map(cell), cells),
    '</details>',
  ].join('\n\n');
}

function between(lowest, highest) {
  const [from, to] = [readable(lowest), readable(highest)];
  return from === to ? from : `${from} to ${to}`;
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function fenced(language, body) {
  return `\`\`\`${language}\n${body}\n\`\`\``;
}

function code(body) {
  return `\`${cell(body)}\``;
}

function cell(body) {
  return body.replaceAll('|', '\\|');
}

/** Words from a definition are no markup: \`alpha_t\`, \`<\`, \`|r|\`. */
function text(words) {
  return words.replaceAll(/[\\`*_<>[\]]/g, '\\$&').replaceAll('&', '&amp;');
}

function capitalised(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The anchor that Markdown gives a heading. */
function slug(title) {
  return title.toLowerCase().replaceAll(' ', '-');
}

function camelCase(id) {
  return id.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
