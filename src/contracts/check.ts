import type { Allowance, Expectations } from './metadata.ts';
import type { InputSpec } from './domain.ts';
import type { LossProbe } from './engine.ts';
import type { EvidenceReport } from './evidence.ts';
import type { CheckStatus, Severity } from './report.ts';
import type { FindingCode, FindingData } from './findings.ts';
import type { SourceLocation } from './source.ts';
import type { Point } from './tensor.ts';

/** A finding is data; its words come from the catalogue. */
export type Finding = {
  [C in FindingCode]: {
    readonly code: C;
    readonly severity: Severity;
    readonly data: FindingData[C];
    readonly location: SourceLocation | null;
    readonly op: string | null;
  };
}[FindingCode];

/** A finding of a check of the project's own: its words stand in the check. */
export interface OwnFinding {
  /** A key of the check's `findings`. */
  readonly code: string;
  readonly severity: Severity;
  /** The numbers; `input` names what it is about, `point` is a point that shows it. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly location?: SourceLocation | null;
  /** Kernel of TensorFlow.js. */
  readonly op?: string | null;
}

/** What a check says about one loss. `status` before `allow` and severity are applied by the run. */
export interface CheckOutcome<F = Finding> {
  readonly status: CheckStatus;
  /** One line for the table. */
  readonly summary: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly findings: readonly F[];
  /** What it saw, for pictures; what costs evaluations only where `details` are asked for. */
  readonly evidence?: readonly EvidenceReport[];
  /** What could not be decided beside the findings: counts once they are allowed or are only warnings. */
  readonly undecided?: string;
}

/** One random point of the loss's domain. */
export interface Sample {
  readonly index: number;
  readonly point: Point;
}

/** What can be read off the source of a loss, for blame that no run can give. */
interface LossSource {
  /** Where the loss is declared; null where its text is not the user's. */
  readonly declaration: SourceLocation | null;
  readonly isAsync: boolean;
  /** Where functions of its module write variables around them or fields of `this`. Parsed when it is asked for. */
  readonly stateWrites: () => readonly SourceLocation[];
}

/** A built-in loss that the loss is compared with. */
export interface Rival {
  readonly id: string;
  /** Float64, as the reference of the loss itself. */
  readonly probe: LossProbe;
  /** Its name for an input or parameter of the loss; those that it has nothing for are missing. */
  readonly names: ReadonlyMap<string, string>;
  /** Why the two cannot be given the same point; null where they can. */
  readonly misfit: string | null;
}

/** Everything a check may look at. */
export interface CheckContext {
  /** Float64: decides about gradients. */
  readonly reference: LossProbe;
  /** The same in a second evaluation of its module, which no check has called before `determinism` does. */
  readonly fresh: LossProbe;
  /** Float32, as in production: decides about overflow and digits. */
  readonly production: LossProbe;
  /** The same on every other float32 backend that runs here; none but with `--backend all`. */
  readonly others: readonly LossProbe[];
  readonly inputs: readonly InputSpec[];
  readonly source: LossSource;
  /** Names of the inputs and parameters whose gradient is checked. */
  readonly differentiable: readonly string[];
  readonly samples: readonly Sample[];
  /** Edge points of the user's own, from `edges`. */
  readonly edges: readonly Point[];
  readonly expectations: Expectations;
  readonly allow: readonly Allowance[];
  /** Null unless somebody asked for a comparison. */
  readonly against: Rival | null;
  readonly rtol: number;
  /** Whether coordinates may be evaluated many at once; else the loss is called for each of them. */
  readonly lanes: boolean;
  /** Whether evidence for pictures is wanted, at the cost of evaluations. */
  readonly details: boolean;
  /** A seeded source of uniform numbers, the same for the same check, loss and seed. */
  readonly random: (purpose: string) => () => number;
}

export interface Check<F = Finding> {
  readonly id: string;
  /** What it asks, in a few words. */
  readonly title: string;
  /** What a failure of it does to the loss. */
  readonly severity: 'error' | 'warning';
  /** The engine on which its findings are seen: what `eval` has to use to show the same. */
  readonly precision: 32 | 64;
  run(context: CheckContext): CheckOutcome<F>;
}

/** The words of one code: texts, or functions of the data of a finding. */
interface OwnWords {
  readonly title: string;
  readonly message: string | ((data: Readonly<Record<string, unknown>>) => string);
  readonly why: string | ((data: Readonly<Record<string, unknown>>) => string);
  readonly fix: string | ((data: Readonly<Record<string, unknown>>) => string);
}

/**
 * A check of the project's own, named in `checks` of the config. It is run like the built-in ones, on the same
 * context; what those have in losscheck's catalogue, its words, stands beside it.
 */
export interface OwnCheck extends Check<OwnFinding> {
  /** What it can find, by code. */
  readonly findings: Readonly<Record<string, OwnWords>>;
}

/**
 * Declares a check: one of losscheck, or one of a project, for `checks` in its config. The identity function, for
 * the types and for one place to look.
 *
 * `run(context)` gets the loss on both engines (`context.reference` in float64, `context.production` in float32), its
 * inputs and random points, and returns `{ status, summary, metrics, findings }`. It throws nothing and prints nothing.
 *
 * @example
 * export const bounded = defineCheck({
 *   id: 'bounded',
 *   title: 'is the loss below 100?',
 *   severity: 'warning',
 *   precision: 64,
 *   findings: {
 *     'above-bound': {
 *       title: 'the loss is above 100',
 *       message: ({ value }) => `The loss is ${value}.`,
 *       why: 'Our learning rates are tuned for losses below 100.',
 *       fix: 'Divide the loss by the number of pixels.',
 *     },
 *   },
 *   run({ reference, samples }) {
 *     const value = Math.max(...samples.map(({ point }) => reference.scalar(point)));
 *     if (value < 100) return { status: 'pass', summary: `at most ${value}`, metrics: { value }, findings: [] };
 *     return { status: 'warn', summary: 'above 100', metrics: { value }, findings: [{ code: 'above-bound', severity: 'warning', data: { value } }] };
 *   },
 * });
 */
export function defineCheck<const C extends Check | OwnCheck>(check: C): C {
  return check;
}
