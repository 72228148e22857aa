import { CATALOGUE } from '../contracts/catalogue.ts';
import type { CheckOutcome, Finding } from '../contracts/check.ts';
import type { FindingCode, FindingData } from '../contracts/findings.ts';
import type { CheckStatus, Severity } from '../contracts/report.ts';
import type { SourceLocation } from '../contracts/source.ts';

interface Where {
  readonly severity?: Severity;
  readonly location?: SourceLocation | null;
  readonly op?: string | null;
}

/** Makes a finding; an error unless it says otherwise. */
export function finding<C extends FindingCode>(code: C, data: FindingData[C], where: Where = {}): Finding {
  const made = {
    code,
    severity: where.severity ?? 'error',
    data,
    location: where.location ?? null,
    op: where.op ?? null,
  };
  return made as Finding;
}

export function titleOf(code: FindingCode): string {
  return CATALOGUE[code].title;
}

/** The status that findings amount to: an error fails, a warning warns, information passes. */
export function statusOf(findings: readonly Finding[]): CheckStatus {
  if (findings.some(({ severity }) => severity === 'error')) return 'fail';
  return findings.some(({ severity }) => severity === 'warning') ? 'warn' : 'pass';
}

/** An outcome whose status follows from its findings. */
export function conclude(
  findings: readonly Finding[],
  passSummary: string,
  metrics: Readonly<Record<string, number>> = {},
): CheckOutcome {
  const status = statusOf(findings);
  const first = findings.find(({ severity }) => severity === (status === 'fail' ? 'error' : 'warning'));
  const counted = findings.filter(({ severity }) => severity === first?.severity).length;
  const summary =
    first === undefined ? passSummary : titleOf(first.code) + (counted > 1 ? ` (and ${counted - 1} more)` : '');
  return { status, summary, metrics, findings };
}

export function skip(reason: string): CheckOutcome {
  return { status: 'skip', summary: reason, metrics: {}, findings: [] };
}
