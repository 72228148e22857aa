import type { EngineReport, FindingReport, Report } from '../contracts/report.ts';
import type { Style } from './style.ts';
import { clean, count, wrap, WIDTH } from './text.ts';

/** The last lines: how many losses passed, what else there is to know, and which engines decided. */
export function renderTotals(report: Report, style: Style): string[] {
  const passed = report.exitCode === 0;
  const paint = passed ? style.green : style.red;
  const [verdict, ...rest] = describeLosses(report);
  const facts = [verdict, ...rest, ...describeFindings(report), `seed ${report.seed}`].join(', ');
  return [
    ...wrap(`${passed ? '✓' : '✗'} ${facts}`, WIDTH).map((line) => style.bold(paint(line))),
    ...wrap(describeEngines(report), WIDTH).map((line) => style.dim(line)),
  ];
}

function describeLosses({ summary }: Report): string[] {
  const parts: [number, string][] = [
    [summary.passed, 'passed'],
    [summary.failed, 'failed'],
    [summary.inconclusive, 'inconclusive'],
    [summary.errors, 'could not be checked'],
  ];
  const present = parts.filter(([amount]) => amount > 0);
  const [first, ...others] = present;
  if (first === undefined) return ['no losses were checked'];
  const [amount, word] = first;
  const whole =
    others.length === 0 ? count(amount, 'loss', 'losses') : `${count(summary.losses, 'loss', 'losses')}: ${amount}`;
  return [`${whole} ${word}`, ...others.map(([each, text]) => `${each} ${text}`)];
}

function describeFindings(report: Report): string[] {
  const findings = allFindings(report);
  const warnings = findings.filter((finding) => finding.allowed === null && finding.severity === 'warning').length;
  const allowed = findings.filter((finding) => finding.allowed !== null).length;
  const facts: string[] = [];
  if (warnings > 0) facts.push(count(warnings, 'warning'));
  if (allowed > 0) facts.push(count(allowed, 'allowed finding'));
  return facts;
}

function allFindings(report: Report): FindingReport[] {
  return report.losses.flatMap((loss) => [...loss.findings, ...loss.checks.flatMap((check) => check.findings)]);
}

function describeEngines({ engines }: Report): string {
  const { reference, production } = engines;
  const versions =
    reference.tfjs === production.tfjs ? `tfjs ${production.tfjs}` : `tfjs ${reference.tfjs} and ${production.tfjs}`;
  const reason = production.fallbackReason === null ? '' : `; ${clean(production.fallbackReason)}`;
  return `reference ${describeEngine(reference)}, production ${describeEngine(production)}, ${versions}${reason}`;
}

/** `float32 on tensorflow`. */
export function describeEngine(engine: EngineReport): string {
  return `float${engine.precision} on ${engine.backend}`;
}
