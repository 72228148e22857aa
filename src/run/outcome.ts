import { z } from 'zod';
import { describe } from '../contracts/catalogue.ts';
import type { Check, CheckContext, CheckOutcome, Finding, OwnCheck } from '../contracts/check.ts';
import { evidenceSchema } from '../contracts/evidence.ts';
import { UsageError } from '../contracts/errors.ts';
import { showValue } from '../contracts/shown.ts';

/** A finding with its words, whoever's check it is from. */
export interface ToldFinding extends Pick<Finding, 'severity' | 'location' | 'op'> {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Null where the catalogue has it. */
  readonly title: string | null;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * Runs a check: losscheck's own with the words of the catalogue, a project's with those that stand beside it.
 *
 * @throws UsageError for a project's check that throws, or returns what is no outcome
 */
export function outcomeOf(check: Check | OwnCheck, context: CheckContext): CheckOutcome<ToldFinding> {
  if ('findings' in check) return ownOutcome(check, context);
  const outcome = check.run(context);
  return { ...outcome, findings: outcome.findings.map((found) => ({ ...found, data: { ...found.data }, ...wordsOf(found) })) };
}

function wordsOf(found: Finding): Pick<ToldFinding, 'title' | 'message' | 'why' | 'fix'> {
  const { message, why, fix } = describe(found.code, found.data);
  return { title: null, message, why, fix };
}

const locationSchema = z.object({ file: z.string(), line: z.int().min(1), column: z.int().min(1) });

const ownOutcomeSchema = z.object({
  status: z.enum(['pass', 'fail', 'warn', 'inconclusive', 'skip']),
  summary: z.string(),
  metrics: z.record(z.string(), z.union([z.number(), z.nan(), z.literal([Infinity, -Infinity])])).default({}),
  findings: z
    .array(
      z.object({
        code: z.string(),
        severity: z.enum(['error', 'warning', 'info']),
        data: z.record(z.string(), z.unknown()).default({}),
        location: locationSchema.nullish(),
        op: z.string().nullish(),
      }),
    )
    .default([]),
  evidence: z.array(evidenceSchema).optional(),
});

function ownOutcome(check: OwnCheck, context: CheckContext): CheckOutcome<ToldFinding> {
  const returned = attempt(check, 'threw', () => check.run(context));
  const parsed = ownOutcomeSchema.safeParse(returned);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join('.') ?? '';
    throw wrong(check, `returned ${showValue(returned)}${place === '' ? '' : `; ${place} is not accepted: ${issue?.message}`}`, 'Return { status, summary, metrics, findings }; a check that is asynchronous cannot be run.');
  }
  const { evidence, findings, ...outcome } = parsed.data;
  if ((outcome.status === 'fail' || outcome.status === 'warn') && !findings.some(({ severity }) => severity !== 'info')) {
    throw wrong(check, `says ${outcome.status} without a finding that is an error or a warning`, 'Return what it found in `findings`: nobody could mend it otherwise.');
  }
  if ((outcome.status === 'pass' || outcome.status === 'skip') && findings.some(({ severity }) => severity !== 'info')) {
    throw wrong(check, `says ${outcome.status} and has found an error or a warning`, "Return the status 'fail' or 'warn', or make the finding information.");
  }
  attempt(check, 'returned data that cannot be written as JSON', () => JSON.stringify(findings.map(({ data }) => data)));
  return { ...outcome, ...(evidence === undefined ? {} : { evidence }), findings: findings.map((found) => tell(check, found)) };
}

function tell(check: OwnCheck, { code, severity, data, location = null, op = null }: z.infer<typeof ownOutcomeSchema>['findings'][number]): ToldFinding {
  const words = check.findings[code];
  if (words === undefined) throw wrong(check, `found ${JSON.stringify(code)}, which its findings do not describe`, `It describes ${Object.keys(check.findings).join(', ') || 'none'}.`);
  const { title, ...texts } = words;
  const text = (part: 'message' | 'why' | 'fix'): string => {
    const written = texts[part];
    return typeof written === 'string' ? written : attempt(check, `threw in the ${part} of ${code}`, () => String(written(data)));
  };
  return { code, severity, data, location, op, title, message: text('message'), why: text('why'), fix: text('fix') };
}

function attempt<T>(check: OwnCheck, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw wrong(check, `${what}: ${error instanceof Error ? error.message : String(error)}`, 'It stands in `checks` of your losscheck config.');
  }
}

function wrong({ id }: OwnCheck, what: string, fix: string): UsageError {
  return new UsageError(`your check ${id} ${what}`, fix);
}
