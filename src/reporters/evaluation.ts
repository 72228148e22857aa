import type { EngineReport, EvaluationReport, ReporterOptions } from '../contracts/report.ts';
import { readNumber, shortestDigits } from './numbers.ts';
import { formatNested } from './nested.ts';
import { createStyle, type Style } from './style.ts';
import { describeEngine } from './totals.ts';
import { clean, padEnd, widest, wrap } from './text.ts';

/** The answer of `eval` for a person: value, components, gradients and the engine that computed them. */
export function renderEvaluation(report: EvaluationReport, options: ReporterOptions): string {
  const style = createStyle(options.color);
  const { precision } = report.engine;
  const rows = [
    { label: 'value', value: report.value },
    ...Object.entries(report.components).map(([name, value]) => ({ label: `component ${clean(name)}`, value })),
    ...Object.entries(report.gradients).map(([name, value]) => ({ label: `gradient ${clean(name)}`, value })),
  ];
  const width = widest(rows.map((row) => row.label));
  const lines = rows.flatMap((row) => {
    const [first = '', ...rest] = formatValue(row.value, precision);
    const margin = ' '.repeat(width + 4);
    return [`  ${style.dim(padEnd(row.label, width))}  ${first}`, ...rest.map((line) => margin + line)];
  });
  return `${[style.bold(clean(report.loss)), ...lines, ...renderEngine(report.engine, style)].join('\n')}\n`;
}

/** `none` is what autograd answers for an input that the value does not depend on. */
function formatValue(value: unknown, precision: 32 | 64): string[] {
  if (value === null) return ['none'];
  const scalar = readNumber(value);
  return scalar === null ? formatNested(value, precision) : [shortestDigits(scalar, precision)];
}

function renderEngine(engine: EngineReport, style: Style): string[] {
  const reason = engine.fallbackReason === null ? '' : `; ${clean(engine.fallbackReason)}`;
  return wrap(`${describeEngine(engine)}, tfjs ${engine.tfjs}${reason}`, 78).map((line) => style.dim(`  ${line}`));
}
