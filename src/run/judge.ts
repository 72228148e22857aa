import { performance } from 'node:perf_hooks';
import { describe } from '../contracts/catalogue.ts';
import type { Check, CheckContext, CheckOutcome, Finding } from '../contracts/check.ts';
import type { Allowance } from '../contracts/metadata.ts';
import type { CheckReport, CheckStatus, FindingReport, LocationReport, Verdict } from '../contracts/report.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { fingerprinter, fingerprintOf, UNDECIDED } from './fingerprint.ts';
import { numberOrText, writableNumbers } from './numbers.ts';

export interface JudgeContext {
  /** Id of the loss. */
  readonly loss: string;
  readonly checks: CheckContext;
  readonly baseline: Baseline | null;
  /** Lines around a place in the user's source. */
  readonly frame: (location: SourceLocation) => CodeFrame | null;
  /** The command that shows the findings of one check again. */
  readonly replay: (check: string) => string;
  /** The command that evaluates the loss at the point of a finding; null where it cannot be written down. */
  readonly evaluate: (point: unknown, precision: 32 | 64) => string | null;
}

/** Findings that are known and no longer count. */
export interface Baseline {
  /** As findings name it. */
  readonly file: string;
  readonly fingerprints: ReadonlySet<string>;
}

/** Runs one check and puts its outcome into the words and the form of the report. */
export function runCheck(check: Check, context: JudgeContext): CheckReport {
  const started = performance.now();
  const outcome = check.run(context.checks);
  const nameOf = fingerprinter(context.loss, check.id);
  const findings = outcome.findings.map((found) => reportFinding(found, check, context, nameOf));
  const settled = settle(outcome, findings, context.checks.allow.some((entry) => entry.check === check.id && entry.code === undefined));
  return {
    id: check.id,
    ...settled,
    durationMs: Math.round((performance.now() - started) * 1000) / 1000,
    metrics: Object.fromEntries(Object.entries(outcome.metrics).map(([name, value]) => [name, numberOrText(value)])),
    findings,
    ...(settled.status === 'inconclusive' ? { undecided: reportUndecided(check.id, context) } : {}),
    ...(outcome.evidence === undefined ? {} : { evidence: outcome.evidence.map(writableNumbers) }),
  };
}

function reportUndecided(check: string, { loss, checks, baseline, replay }: JudgeContext): NonNullable<CheckReport['undecided']> {
  const fingerprint = fingerprintOf({ loss, check, code: UNDECIDED });
  const allowance = checks.allow.find((entry) => entry.check === check && entry.code === undefined);
  return { fingerprint, replay: replay(check), accepted: allowance?.reason ?? knownBecause(fingerprint, baseline) };
}

function knownBecause(fingerprint: string, baseline: Baseline | null): string | null {
  return baseline?.fingerprints.has(fingerprint) === true ? `known: in the baseline ${baseline.file}` : null;
}

function reportFinding(found: Finding, check: Check, context: JudgeContext, nameOf: ReturnType<typeof fingerprinter>): FindingReport {
  const { message, why, fix } = describe(found.code, found.data);
  const location = locate(found, context.frame);
  const fingerprint = nameOf({ code: found.code, input: 'input' in found.data ? found.data.input : null, location });
  const allowed = allowedBecause(found, check, context.checks.allow);
  const known = found.severity === 'info' || allowed !== null ? null : knownBecause(fingerprint, context.baseline);
  return {
    code: found.code,
    severity: found.severity,
    message,
    why,
    fix,
    location,
    data: { ...found.data },
    replay: context.replay(check.id),
    eval: 'point' in found.data ? context.evaluate(found.data.point, check.precision) : null,
    allowed: allowed ?? known,
    ...(known === null ? {} : { known: true }),
    fingerprint,
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

/** Status and summary once accepted findings no longer count and severities are applied. */
function settle(outcome: CheckOutcome, findings: readonly FindingReport[], isAllowed: boolean): { status: CheckStatus; summary: string } {
  if (outcome.status !== 'fail' && outcome.status !== 'warn') return { status: outcome.status, summary: outcome.summary };
  if (findings.length === 0) throw new Error(`a check says ${outcome.status} without a finding: ${outcome.summary}`);
  const counting = findings.filter((found) => found.allowed === null);
  if (counting.some(({ severity }) => severity === 'error')) return { status: 'fail', summary: outcome.summary };
  if (outcome.undecided !== undefined && !isAllowed) return { status: 'inconclusive', summary: outcome.undecided };
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
export function besideState(checks: readonly CheckReport[], context: JudgeContext): readonly CheckReport[] {
  const isStateful = checks.some(({ findings }) => findings.some(({ code, allowed, known }) => code === 'hidden-state' && (allowed === null || known === true)));
  if (!isStateful) return checks;
  return checks.map((check) => {
    const isInDoubt = check.status === 'fail' || check.status === 'warn' || check.status === 'inconclusive';
    if (!NEED_A_FUNCTION.includes(check.id) || !isInDoubt) return check;
    const findings = check.findings.map((found) => ({ ...found, severity: 'info' as const }));
    const summary = 'the loss keeps state between calls: see determinism';
    return { ...check, status: 'inconclusive' as const, summary, findings, undecided: reportUndecided(check.id, context) };
  });
}

/** What the checks amount to: a failed error check fails; one that could not decide is never a pass. */
export function verdictOf(checks: readonly CheckReport[], severities: ReadonlyMap<string, Check['severity']>, strict: boolean): Verdict {
  if (checks.some(({ status }) => status === 'fail')) return 'fail';
  if (strict && checks.some((check) => check.status === 'warn' || isUndecided(check))) return 'fail';
  const required = checks.filter(({ id }) => severities.get(id) === 'error');
  // A run in which no required check had anything to say has shown nothing.
  const silent = required.length > 0 && required.every(({ status }) => status === 'skip');
  return required.some(isUndecided) || silent ? 'inconclusive' : 'pass';
}

function isUndecided({ status, undecided }: CheckReport): boolean {
  return status === 'inconclusive' && (undecided === undefined || undecided.accepted === null);
}
