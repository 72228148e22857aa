import type { EngineReport, EvaluationReport, ReporterOptions } from '../contracts/report.ts';
import { readNumber, shortestDigits } from './numbers.ts';
import { formatNested } from './nested.ts';
import { createLayout, type Layout } from './style.ts';
import { describeEngine } from './totals.ts';
import { clean, padEnd, widest, wrap } from './text.ts';

/** Columns beside a tensor: its label, and some to spare. */
const BESIDE_TENSOR = 24;

/** The answer of `eval` for a person: value, components, gradients and the engine that computed them. */
export function renderEvaluation(report: EvaluationReport, options: ReporterOptions): string {
  const layout = createLayout(options);
  const { style } = layout;
  const { precision } = report.engine;
  const rows = [
    { label: 'value', value: report.value },
    ...Object.entries(report.components).map(([name, value]) => ({ label: `component ${clean(name)}`, value })),
    ...Object.entries(report.gradients).map(([name, value]) => ({ label: `gradient ${clean(name)}`, value })),
  ];
  const labelWidth = widest(rows.map((row) => row.label));
  const lines = rows.flatMap((row) => {
    const [first = '', ...rest] = formatValue(row.value, precision, options.width - BESIDE_TENSOR);
    const margin = ' '.repeat(labelWidth + 4);
    return [`  ${style.dim(padEnd(row.label, labelWidth))}  ${first}`, ...rest.map((line) => margin + line)];
  });
  return `${[style.bold(clean(report.loss)), ...lines, ...renderEngine(report.engine, layout)].join('\n')}\n`;
}

/** `none` is what autograd answers for an input that the value does not depend on. */
function formatValue(value: unknown, precision: 32 | 64, width: number): string[] {
  if (value === null) return ['none'];
  const scalar = readNumber(value);
  return scalar === null ? formatNested(value, precision, width) : [shortestDigits(scalar, precision)];
}

function renderEngine(engine: EngineReport, { style, width }: Layout): string[] {
  const reason = engine.fallbackReason === null ? '' : `; ${clean(engine.fallbackReason)}`;
  return wrap(`${describeEngine(engine)}, tfjs ${engine.tfjs}${reason}`, width - 2).map((line) => style.dim(`  ${line}`));
}
