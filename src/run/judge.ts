import { performance } from 'node:perf_hooks';
import { describe } from '../contracts/catalogue.ts';
import type { Check, CheckContext, CheckOutcome, Finding } from '../contracts/check.ts';
import type { Allowance } from '../contracts/metadata.ts';
import type { CheckReport, CheckStatus, FindingReport, LocationReport, Verdict } from '../contracts/report.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { numberOrText } from './numbers.ts';

export interface JudgeContext {
  readonly checks: CheckContext;
  /** Lines around a place in the user's source. */
  readonly frame: (location: SourceLocation) => CodeFrame | null;
  /** The command that shows the findings of one check again. */
  readonly replay: (check: string) => string;
  /** The command that evaluates the loss at the point of a finding; null where it cannot be written down. */
  readonly evaluate: (point: unknown, precision: 32 | 64) => string | null;
}

/** Runs one check and puts its outcome into the words and the form of the report. */
export function runCheck(check: Check, context: JudgeContext): CheckReport {
  const started = performance.now();
  const outcome = check.run(context.checks);
  const findings = outcome.findings.map((found) => reportFinding(found, check, context));
  return {
    id: check.id,
    ...settle(check, outcome, findings, context.checks.allow),
    durationMs: Math.round((performance.now() - started) * 1000) / 1000,
    metrics: Object.fromEntries(Object.entries(outcome.metrics).map(([name, value]) => [name, numberOrText(value)])),
    findings,
  };
}

function reportFinding(found: Finding, check: Check, context: JudgeContext): FindingReport {
  const { message, why, fix } = describe(found.code, found.data);
  return {
    code: found.code,
    severity: found.severity,
    message,
    why,
    fix,
    location: locate(found, context.frame),
    data: { ...found.data },
    replay: context.replay(check.id),
    eval: 'point' in found.data ? context.evaluate(found.data.point, check.precision) : null,
    allowed: allowedBecause(found, check, context.checks.allow),
  };
}

function locate({ location, op }: Finding, frame: JudgeContext['frame']): LocationReport | null {
  if (location === null) return null;
  return { ...location, op, frame: frame(location) };
}

function allowedBecause(found: Finding, check: Check, allow: readonly Allowance[]): string | null {
  if (found.severity === 'info') return null;
  const allowance = allow.find((entry) => entry.check === check.id && (entry.code === undefined || entry.code === found.code));
  return allowance?.reason ?? null;
}

/** Status and summary once allowed findings no longer count and severities are applied. */
function settle(
  check: Check,
  outcome: CheckOutcome,
  findings: readonly FindingReport[],
  allow: readonly Allowance[],
): { status: CheckStatus; summary: string } {
  const whole = allow.find((entry) => entry.check === check.id && entry.code === undefined);
  if (outcome.status === 'inconclusive' && whole !== undefined) {
    return { status: 'warn', summary: `${outcome.summary} (allowed: ${whole.reason})` };
  }
  if (outcome.status !== 'fail' && outcome.status !== 'warn') return { status: outcome.status, summary: outcome.summary };
  if (findings.length === 0) throw new Error(`${check.id} says ${outcome.status} without a finding`);
  const counting = findings.filter((found) => found.allowed === null);
  if (counting.some(({ severity }) => severity === 'error')) return { status: 'fail', summary: outcome.summary };
  if (outcome.undecided !== undefined && whole === undefined) return { status: 'inconclusive', summary: outcome.undecided };
  if (counting.some(({ severity }) => severity === 'warning')) return { status: 'warn', summary: outcome.summary };
  const reason = findings.find((found) => found.allowed !== null)?.allowed;
  return { status: 'pass', summary: reason == null ? outcome.summary : `${outcome.summary} (allowed: ${reason})` };
}

/** Checks that compare values of the loss at one time with values at another. */
const NEED_A_FUNCTION: readonly string[] = ['gradient-match', 'precision', 'batch-invariance', 'descent', 'against'];

/**
 * A loss that keeps state is another function at each call, and what is compared across calls says nothing of
 * it: the report leads to the state, and not to a gradient that looks wrong because of it.
 */
export function besideState(checks: readonly CheckReport[]): readonly CheckReport[] {
  const isStateful = checks.some(({ findings }) => findings.some(({ code, allowed }) => code === 'hidden-state' && allowed === null));
  if (!isStateful) return checks;
  return checks.map((check) => {
    const isInDoubt = check.status === 'fail' || check.status === 'warn' || check.status === 'inconclusive';
    if (!NEED_A_FUNCTION.includes(check.id) || !isInDoubt) return check;
    const findings = check.findings.map((found) => ({ ...found, severity: 'info' as const }));
    return { ...check, status: 'inconclusive' as const, summary: 'the loss keeps state between calls: see determinism', findings };
  });
}

/** What the checks amount to: a failed error check fails; one that could not decide is never a pass. */
export function verdictOf(checks: readonly CheckReport[], severities: ReadonlyMap<string, Check['severity']>, strict: boolean): Verdict {
  if (checks.some(({ status }) => status === 'fail')) return 'fail';
  if (strict && checks.some(({ status }) => status === 'warn' || status === 'inconclusive')) return 'fail';
  const required = checks.filter(({ id }) => severities.get(id) === 'error');
  const undecided = required.some(({ status }) => status === 'inconclusive');
  // A run in which no required check had anything to say has shown nothing.
  const silent = required.length > 0 && required.every(({ status }) => status === 'skip');
  return undecided || silent ? 'inconclusive' : 'pass';
}
