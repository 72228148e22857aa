import { performance } from 'node:perf_hooks';
import type { Check, CheckContext, CheckOutcome, OwnCheck } from '../contracts/check.ts';
import type { SeverityLevel } from '../contracts/config.ts';
import type { Allowance } from '../contracts/metadata.ts';
import type { CheckReport, CheckStatus, FindingReport, Verdict } from '../contracts/report.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { fingerprinter, fingerprintOf, UNDECIDED } from './fingerprint.ts';
import { numberOrText, writableNumbers } from './numbers.ts';
import { outcomeOf, type ToldFinding } from './outcome.ts';

export interface JudgeContext {
  /** Id of the loss. */
  readonly loss: string;
  readonly checks: CheckContext;
  /** What each of the checks weighs. */
  readonly weights: ReadonlyMap<string, SeverityLevel>;
  /** What a check or a finding code weighs here, where it is not what it says itself. */
  readonly severity: Readonly<Record<string, SeverityLevel>>;
  readonly baseline: Baseline | null;
  /** Lines around a place in the user's source. */
  readonly frame: (location: SourceLocation) => CodeFrame | null;
  /** The command that shows the findings of one check again. */
  readonly replay: (check: string) => string;
  /** The command that evaluates the loss at the point of a finding, on the backend that it is about if it names one; null where it cannot be written down. */
  readonly evaluate: (point: unknown, precision: 32 | 64, backend: unknown) => string | null;
}

/** Findings that are known and no longer count. */
interface Baseline {
  /** As findings name it. */
  readonly file: string;
  readonly fingerprints: ReadonlySet<string>;
}

/** Runs one check and puts its outcome into the words and the form of the report. */
export function runCheck(check: Check | OwnCheck, context: JudgeContext): CheckReport {
  const started = performance.now();
  const outcome = outcomeOf(check, context.checks);
  const nameOf = fingerprinter(context.loss, check.id);
  const findings = outcome.findings.map((found) => reportFinding(found, check, context, nameOf));
  const isAllowed = context.checks.allow.some((entry) => entry.check === check.id && entry.code === undefined);
  const settled = settle(outcome, findings, isAllowed);
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

function reportUndecided(check: string, { loss, checks, baseline, replay, weights }: JudgeContext): NonNullable<CheckReport['undecided']> {
  const fingerprint = fingerprintOf({ loss, check, code: UNDECIDED });
  const allowance = checks.allow.find((entry) => entry.check === check && entry.code === undefined);
  const known = allowance === undefined ? knownBecause(fingerprint, baseline) : null;
  return { fingerprint, replay: replay(check), required: weights.get(check) === 'error', accepted: allowance?.reason ?? known, ...(known === null ? {} : { known: true }) };
}

function knownBecause(fingerprint: string, baseline: Baseline | null): string | null {
  return baseline?.fingerprints.has(fingerprint) === true ? `known: in the baseline ${baseline.file}` : null;
}

function reportFinding(found: ToldFinding, check: Check | OwnCheck, context: JudgeContext, nameOf: ReturnType<typeof fingerprinter>): FindingReport {
  const { code, title, message, why, fix, data, op } = found;
  const location = found.location === null ? null : { ...found.location, op, frame: context.frame(found.location) };
  const severity = weigh(found, check, context.severity);
  const fingerprint = nameOf({ code, input: data['input'], location });
  const counts = severity !== 'info';
  const allowed = counts ? allowedBecause(found, check, context.checks.allow) : null;
  const known = counts && allowed === null ? knownBecause(fingerprint, context.baseline) : null;
  return {
    code,
    ...(title === null ? {} : { title }),
    severity,
    message,
    why,
    fix,
    location,
    data: { ...data },
    replay: context.replay(check.id),
    eval: 'point' in data ? context.evaluate(data['point'], check.precision, data['backend']) : null,
    allowed: allowed ?? known,
    ...(known === null ? {} : { known: true }),
    fingerprint,
  };
}

/** A level for a code says what it weighs; one for a check is for all that it would count. */
function weigh({ code, severity }: ToldFinding, { id }: Check | OwnCheck, levels: JudgeContext['severity']): FindingReport['severity'] {
  const own = levels[code];
  if (own !== undefined) return own === 'off' ? 'info' : own;
  const whole = levels[id];
  return severity === 'info' || whole === undefined || whole === 'off' ? severity : whole;
}

function allowedBecause({ code }: ToldFinding, check: Check | OwnCheck, allow: readonly Allowance[]): string | null {
  const allowance = allow.find((entry) => entry.check === check.id && (entry.code === undefined || entry.code === code));
  return allowance?.reason ?? null;
}

/** Status and summary once accepted findings no longer count and severities are applied. */
function settle(outcome: CheckOutcome<ToldFinding>, findings: readonly FindingReport[], isAllowed: boolean): { status: CheckStatus; summary: string } {
  const counting = findings.filter(({ allowed, severity }) => allowed === null && severity !== 'info');
  const isRaised = findings.some((found, index) => counting.includes(found) && found.severity === 'error' && outcome.findings[index]?.severity !== 'error');
  if (isRaised) return { status: 'fail', summary: outcome.summary };
  if (outcome.status !== 'fail' && outcome.status !== 'warn') return { status: outcome.status, summary: outcome.summary };
  if (findings.length === 0) throw new Error(`a check says ${outcome.status} without a finding: ${outcome.summary}`);
  if (counting.some(({ severity }) => severity === 'error')) return { status: 'fail', summary: outcome.summary };
  if (outcome.undecided !== undefined && !isAllowed) return { status: 'inconclusive', summary: outcome.undecided };
  if (counting.length > 0) return { status: 'warn', summary: outcome.summary };
  const reason = findings.find((found) => found.allowed !== null)?.allowed;
  return { status: 'pass', summary: `${outcome.summary} (${reason == null ? 'counts for nothing: severity in the config' : `allowed: ${reason}`})` };
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
export function verdictOf(checks: readonly CheckReport[], severities: ReadonlyMap<string, SeverityLevel>, strict: boolean): Verdict {
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
