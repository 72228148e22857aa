import Table from 'cli-table3';
import { formatShape } from '../reporters/numbers.ts';
import type { Layout, Style } from '../reporters/style.ts';
import { clean, count, hang, widest, wrap } from '../reporters/text.ts';
import type { BuiltInDescription } from '../run/index.ts';

const CELL_PADDING = 2;
const BORDERS = 3;

/** The built-in losses as a table: the id on the left, everything else about the loss on the right. */
export function renderLossList(losses: readonly BuiltInDescription[], { style, width }: Layout): string {
  const idWidth = widest([...losses.map((loss) => loss.id), 'loss']) + CELL_PADDING;
  const factsWidth = width - idWidth - BORDERS;
  const table = new Table({
    head: ['loss', 'what for, formula, inputs, parameters, source'].map((title) => style.bold(title)),
    colWidths: [idWidth, factsWidth],
    style: { head: [], border: [] },
  });
  for (const loss of losses) {
    table.push([style.bold(loss.id), describeLoss(loss, factsWidth - CELL_PADDING, style).join('\n')]);
  }
  return `${table.toString()}\n${count(losses.length, 'built-in loss', 'built-in losses')}\n`;
}

function describeLoss(loss: BuiltInDescription, width: number, style: Style): string[] {
  const dim = (text: string) => hang('  ', clean(text), width).map((line) => style.dim(line));
  return [
    ...wrap(clean(loss.description), width),
    ...wrap(clean(loss.formula), width, { breakWords: true }),
    ...loss.inputs.flatMap((input) =>
      hang('- ', `${input.name}: ${input.role}, ${input.domain} ${formatShape(input.shape)}`, width),
    ),
    ...loss.parameters.flatMap((parameter) => hang('- ', describeParameter(parameter), width)),
    ...(loss.kinks === null ? [] : dim(`kinks: ${loss.kinks}`)),
    ...dim(loss.reference),
    ...dim(`family: ${loss.family}`),
    ...(loss.oracle === null ? [] : dim(`golden values: ${loss.oracle.name}`)),
  ];
}

function describeParameter({
  name,
  type,
  default: value,
  description,
}: BuiltInDescription['parameters'][number]): string {
  const words = description === null ? '' : `: ${clean(description)}`;
  return `${name} = ${JSON.stringify(value) ?? 'none'} (${clean(type)})${words}`;
}
