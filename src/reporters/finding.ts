import type { FindingReport } from '../contracts/report.ts';
import { formatLocation, renderFrame } from './frame.ts';
import type { Problem } from './problems.ts';
import type { Style } from './style.ts';
import { ALLOWED_MARK, SEVERITY_MARKS, STATUS_MARKS } from './symbols.ts';
import { describeTensor } from './tensor.ts';
import { clean, hang, LONGEST_NAME, padEnd, truncate, WIDTH, widest, wrap } from './text.ts';
import { hasPage, titleOf } from './titles.ts';

const INDENT = '  ';
const LABEL_WIDTH = 8;

/**
 * Findings in full, one empty line between them. The explanation is printed once where several
 * findings of a loss share it.
 */
export function renderFindings(findings: readonly FindingReport[], style: Style): string[] {
  const explained = new Set<string>();
  return findings.flatMap((finding, index) => {
    const explanation = [finding.code, finding.why, finding.fix].join('\n');
    const first = !explained.has(explanation);
    explained.add(explanation);
    const lines = finding.allowed === null ? renderFinding(finding, style, first) : renderAllowed(finding, style);
    return index === 0 ? lines : ['', ...lines];
  });
}

function renderFinding(finding: FindingReport, style: Style, withExplanation: boolean): string[] {
  return [
    ...renderTitle(finding, style),
    ...wrap(clean(finding.message), WIDTH - INDENT.length).map((line) => INDENT + line),
    ...renderSource(finding, style),
    ...renderInputs(finding.data['point'], style),
    ...(withExplanation ? [...field('why', finding.why, style), ...field('fix', finding.fix, style)] : []),
    ...(finding.eval === null ? [] : command('eval', finding.eval, style)),
    ...command('replay', finding.replay, style),
    ...(withExplanation && hasPage(finding.code) ? command('more', `losscheck explain ${finding.code}`, style) : []),
  ];
}

/** A check that could not decide, where that fails the loss. */
export function renderUndecided({ code, title, message, why, fix, replay }: Problem, style: Style): string[] {
  return [
    `${style.bold(STATUS_MARKS.inconclusive.paint(style)(`${STATUS_MARKS.inconclusive.symbol} ${code}`))}  ${title}`,
    ...wrap(clean(message), WIDTH - INDENT.length).map((line) => INDENT + line),
    ...field('why', why, style),
    ...field('fix', fix, style),
    ...command('replay', replay, style),
  ];
}

function renderAllowed(finding: FindingReport, style: Style): string[] {
  return [
    ...renderTitle(finding, style),
    ...hang(INDENT + padEnd('allowed', LABEL_WIDTH), clean(finding.allowed ?? '')),
    ...wrap(clean(finding.message), WIDTH - INDENT.length).map((line) => style.dim(INDENT + line)),
  ];
}

function renderTitle(finding: FindingReport, style: Style): string[] {
  const mark = finding.allowed === null ? SEVERITY_MARKS[finding.severity] : ALLOWED_MARK;
  const head = `${mark.symbol} ${clean(finding.code)}`;
  const title = titleOf(finding.code) ?? finding.title ?? null;
  const [first = head, ...rest] = title === null ? [head] : hang(`${head}  `, clean(title));
  const paint = mark.paint(style);
  return [style.bold(paint(head)) + first.slice(head.length), ...rest];
}

function renderSource(finding: FindingReport, style: Style): string[] {
  if (finding.location === null) return [];
  const frame = renderFrame(finding.location, style).map((line) => INDENT + line);
  return [`${INDENT}${style.cyan(formatLocation(finding.location))}`, ...frame];
}

/** The point that shows the fault, one line an input. */
function renderInputs(point: unknown, style: Style): string[] {
  if (typeof point !== 'object' || point === null) return [];
  const inputs = Object.entries(point).map(([name, value]) => ({ name: truncate(clean(name), LONGEST_NAME), value }));
  const nameWidth = widest(inputs.map(({ name }) => name));
  return inputs.flatMap(({ name, value }, index) => {
    const label = padEnd(index === 0 ? 'input' : '', LABEL_WIDTH);
    const text = hang(`${INDENT}${label}${padEnd(name, nameWidth)} `, describeTensor(value));
    return index === 0 ? paintLabel(text, label, style) : text;
  });
}

function field(label: string, text: string, style: Style): string[] {
  if (text === '') return [];
  const padded = padEnd(label, LABEL_WIDTH);
  return paintLabel(hang(INDENT + padded, clean(text)), padded, style);
}

/** A line to copy: never wrapped. */
function command(label: string, text: string, style: Style): string[] {
  if (text === '') return [];
  return [`${INDENT}${style.dim(padEnd(label, LABEL_WIDTH))}${clean(text)}`];
}

/** Labels are painted after wrapping, so that widths are counted on plain text. */
function paintLabel(lines: readonly string[], label: string, style: Style): string[] {
  const [first = '', ...rest] = lines;
  return [`${INDENT}${style.dim(label)}${first.slice(INDENT.length + label.length)}`, ...rest];
}
