import type { CheckReport, FindingReport, LocationReport, LossReport, Report } from '../contracts/report.ts';
import { CHECK_IDS } from '../contracts/findings.ts';
import { titleOf } from './titles.ts';

/**
 * What there is to tell of a run, one entry a finding: the same words, numbers, line, fix and replay line for every
 * format. A check that could not decide and names no finding is an entry of its own.
 */
export interface Problem {
  readonly loss: LossReport;
  /** Null for a loss that could not be checked at all. */
  readonly check: CheckReport | null;
  /** Null for a check that could not decide and names no finding. */
  readonly finding: FindingReport | null;
  readonly code: string;
  readonly title: string;
  /**
   * 'failure' makes the run fail; 'warning' does not; 'note' is information; 'accepted' would be one of the first two,
   * but for `allow` or the baseline.
   */
  readonly level: 'failure' | 'warning' | 'note' | 'accepted';
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  readonly location: LocationReport | null;
  readonly replay: string;
  readonly eval: string | null;
  readonly fingerprint: string;
  /** Why it is accepted. */
  readonly accepted: string | null;
}

function isBuiltIn(id: string): boolean {
  return CHECK_IDS.some((known) => known === id);
}

/** Findings of every loss in the order of the report. */
export function problemsOf({ losses }: Pick<Report, 'losses'>): readonly Problem[] {
  return losses.flatMap(problemsOfLoss);
}

export function problemsOfLoss(loss: LossReport): readonly Problem[] {
  const decisive = new Set(decisiveChecks(loss));
  return [
    ...loss.findings.map((finding) => ofFinding(loss, null, finding, true)),
    ...loss.checks.flatMap((check) => [
      ...check.findings.map((finding) => ofFinding(loss, check, finding, decisive.has(check))),
      ...ofUndecided(loss, check, decisive.has(check)),
    ]),
  ];
}

/**
 * The checks that a loss fails by: those that failed; without any, those of weight that could not decide; under
 * `--strict` all that could not, and those that warn.
 */
export function decisiveChecks({ verdict, checks }: LossReport): readonly CheckReport[] {
  if (verdict === 'pass' || verdict === 'error') return [];
  const failed = checks.filter(({ status }) => status === 'fail');
  if (failed.length > 0) return failed;
  const undecided = checks.filter(({ status, undecided: open }) => status === 'inconclusive' && (open?.accepted ?? null) === null);
  return verdict === 'inconclusive' ? undecided.filter((check) => check.undecided?.required !== false) : [...undecided, ...checks.filter(({ status }) => status === 'warn')];
}

function ofFinding(loss: LossReport, check: CheckReport | null, finding: FindingReport, isDecisive: boolean): Problem {
  const { code, message, why, fix, location, replay, fingerprint, allowed } = finding;
  return {
    loss,
    check,
    finding,
    code,
    title: titleOf(code) ?? finding.title ?? code,
    level: levelOf(finding, check, isDecisive),
    message,
    why,
    fix,
    location,
    replay,
    eval: finding.eval,
    fingerprint,
    accepted: allowed,
  };
}

function levelOf({ severity, allowed }: FindingReport, check: CheckReport | null, isDecisive: boolean): Problem['level'] {
  if (severity === 'info') return 'note';
  if (allowed !== null) return 'accepted';
  if (!isDecisive) return 'warning';
  // A check that fails by an error may warn beside it.
  return check?.status === 'fail' && severity === 'warning' ? 'warning' : 'failure';
}

function ofUndecided(loss: LossReport, check: CheckReport, isDecisive: boolean): readonly Problem[] {
  const { status, findings, undecided, summary } = check;
  const isNamed = findings.some(({ severity, allowed }) => severity !== 'info' && allowed === null);
  if (status !== 'inconclusive' || undecided === undefined || isNamed) return [];
  return [
    {
      loss,
      check,
      finding: null,
      code: 'inconclusive',
      title: 'the check could not decide',
      level: undecided.accepted === null ? (isDecisive ? 'failure' : 'warning') : 'accepted',
      message: `${check.id} could not decide: ${summary}`,
      why: 'What could not be checked may be wrong: it is never shown as a pass.',
      fix: isBuiltIn(check.id) ? `See what the check needs: losscheck explain ${check.id}` : `See what your check ${check.id} needs: it stands in the config.`,
      location: null,
      replay: undecided.replay,
      eval: null,
      fingerprint: undecided.fingerprint,
      accepted: undecided.accepted,
    },
  ];
}
