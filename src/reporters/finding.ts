import type { StepsReport } from '../contracts/evidence.ts';
import type { FindingReport, LossReport } from '../contracts/report.ts';
import { formatLocation, renderFrame } from './frame.ts';
import type { Problem } from './problems.ts';
import type { Layout } from './style.ts';
import { renderSteps, stepsOf } from './steps.ts';
import { ALLOWED_MARK, SEVERITY_MARKS, STATUS_MARKS } from './symbols.ts';
import { describeTensor } from './tensor.ts';
import { clean, hang, LONGEST_NAME, padEnd, truncate, widest, wrap } from './text.ts';
import { hasPage, titleOf } from './titles.ts';

const INDENT = '  ';
const LABEL_WIDTH = 8;

/**
 * Findings in full, one empty line between them. The explanation is printed once where several
 * findings of a loss share it.
 */
export function renderFindings(loss: LossReport, findings: readonly FindingReport[], layout: Layout): string[] {
  const explained = new Set<string>();
  return findings.flatMap((finding, index) => {
    const explanation = [finding.code, finding.why, finding.fix].join('\n');
    const first = !explained.has(explanation);
    explained.add(explanation);
    const lines = finding.allowed === null ? renderFinding(finding, stepsOf(loss, finding), layout, first) : renderAllowed(finding, layout);
    return index === 0 ? lines : ['', ...lines];
  });
}

function renderFinding(finding: FindingReport, steps: StepsReport | null, layout: Layout, withExplanation: boolean): string[] {
  return [
    ...renderTitle(finding, layout),
    ...wrap(clean(finding.message), layout.width - INDENT.length).map((line) => INDENT + line),
    ...renderSource(finding, layout),
    ...renderInputs(finding.data['point'], layout),
    ...(steps === null ? [] : ladder(steps, layout)),
    ...(withExplanation ? [...field('why', finding.why, layout), ...field('fix', finding.fix, layout)] : []),
    ...(finding.eval === null ? [] : command('eval', finding.eval, layout)),
    ...command('replay', finding.replay, layout),
    ...(withExplanation && hasPage(finding.code) ? command('more', `losscheck explain ${finding.code}`, layout) : []),
  ];
}

/** A check that could not decide, where that fails the loss. */
export function renderUndecided({ code, title, message, why, fix, replay }: Problem, layout: Layout): string[] {
  const { style, width } = layout;
  return [
    `${style.bold(STATUS_MARKS.inconclusive.paint(style)(`${STATUS_MARKS.inconclusive.symbol} ${code}`))}  ${title}`,
    ...wrap(clean(message), width - INDENT.length).map((line) => INDENT + line),
    ...field('why', why, layout),
    ...field('fix', fix, layout),
    ...command('replay', replay, layout),
  ];
}

function renderAllowed(finding: FindingReport, layout: Layout): string[] {
  return [
    ...renderTitle(finding, layout),
    ...hang(INDENT + padEnd(finding.known === true ? 'known' : 'allowed', LABEL_WIDTH), clean((finding.allowed ?? '').replace(/^known: /, '')), layout.width),
    ...wrap(clean(finding.message), layout.width - INDENT.length).map((line) => layout.style.dim(INDENT + line)),
  ];
}

function renderTitle(finding: FindingReport, layout: Layout): string[] {
  const { style, width } = layout;
  const mark = finding.allowed === null ? SEVERITY_MARKS[finding.severity] : ALLOWED_MARK;
  const head = `${mark.symbol} ${clean(finding.code)}`;
  const title = titleOf(finding.code) ?? finding.title ?? null;
  const [first = head, ...rest] = title === null ? [head] : hang(`${head}  `, clean(title), width);
  const paint = mark.paint(style);
  return [style.bold(paint(head)) + first.slice(head.length), ...rest];
}

function renderSource(finding: FindingReport, layout: Layout): string[] {
  if (finding.location === null) return [];
  const frame = renderFrame(finding.location, layout).map((line) => INDENT + line);
  return [`${INDENT}${layout.style.cyan(formatLocation(finding.location))}`, ...frame];
}

/** The point that shows the fault, one line an input. */
function renderInputs(point: unknown, layout: Layout): string[] {
  if (typeof point !== 'object' || point === null) return [];
  const inputs = Object.entries(point).map(([name, value]) => ({ name: truncate(clean(name), LONGEST_NAME), value }));
  const nameWidth = widest(inputs.map(({ name }) => name));
  return inputs.flatMap(({ name, value }, index) => {
    const label = padEnd(index === 0 ? 'input' : '', LABEL_WIDTH);
    const text = hang(`${INDENT}${label}${padEnd(name, nameWidth)} `, describeTensor(value), layout.width);
    return index === 0 ? paintLabel(text, label, layout) : text;
  });
}

function ladder(steps: StepsReport, layout: Layout): string[] {
  const label = padEnd('steps', LABEL_WIDTH);
  return paintLabel(renderSteps(INDENT + label, steps, layout.width), label, layout);
}

function field(label: string, text: string, layout: Layout): string[] {
  if (text === '') return [];
  const padded = padEnd(label, LABEL_WIDTH);
  return paintLabel(hang(INDENT + padded, clean(text), layout.width), padded, layout);
}

/** A line to copy: never wrapped. */
function command(label: string, text: string, layout: Layout): string[] {
  if (text === '') return [];
  return [`${INDENT}${layout.style.dim(padEnd(label, LABEL_WIDTH))}${clean(text)}`];
}

/** Labels are painted after wrapping, so that widths are counted on plain text. */
function paintLabel(lines: readonly string[], label: string, layout: Layout): string[] {
  const [first = '', ...rest] = lines;
  return [`${INDENT}${layout.style.dim(label)}${first.slice(INDENT.length + label.length)}`, ...rest];
}
