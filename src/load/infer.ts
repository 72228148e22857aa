import { formatDomain, type InputSpec } from '../contracts/domain.ts';
import { LoadError } from '../contracts/errors.ts';
import { createRandom } from '../numerics/random.ts';
import { argumentsOf, declaredInputs, type Argument, type InputOverrides } from './arguments.ts';
import { likenessNotes, likeThose } from './counterparts.ts';
import type { LoadedLoss } from './discover.ts';
import { requireKnownEdges } from './metadata.ts';
import { firstLine, notesOf, roleNotes } from './infer-notes.ts';
import { refine } from './refine.ts';
import { baseShapes, layouts, schemesFor, type Attempt } from './schemes.ts';
import { tryInputs, works, type Run, type Sample, type Trial } from './trial.ts';

export interface Inference {
  readonly inputs: readonly InputSpec[];
  /** What was inferred and why, one plain sentence each; empty when everything is declared and plainly named. */
  readonly notes: readonly string[];
}

export interface InferOptions {
  /** From flags, by input name; they win over metadata. */
  readonly overrides?: InputOverrides;
  readonly sample: Sample;
  /** A loss that takes the same inputs, as far as nobody says otherwise. */
  readonly like?: { readonly id: string; readonly inputs: readonly InputSpec[] } | null;
}

/**
 * Works out what the inputs of a loss are: from what is declared, then from names, then by running it.
 *
 * Shapes are tried from [8, 4] on; for each, pairs of domains, names first. The first guess at which the
 * loss is finite on all random points is taken, then corrected where the behaviour of the loss shows that
 * it means something narrower. A loss that is finite nowhere, or returns no tensor, keeps the first guess
 * that it does not throw at: the checks then say what is wrong with it.
 *
 * @throws LoadError `inputs-not-inferred` when the loss throws at every guess; `invalid-metadata`
 */
export function inferInputs(loss: LoadedLoss, run: Run, options: InferOptions): Inference {
  const known = argumentsOf(loss, options.overrides ?? {});
  requireKnownEdges(loss.metadata, [...known.map(({ name }) => name), ...loss.variables().keys()], loss.metadataLabel);
  const declared = declaredInputs(known);
  if (declared !== null) return { inputs: declared, notes: roleNotes(known) };

  const random = createRandom('infer inputs');
  const likeness = options.like == null ? null : inputsLike(options.like, known, (specs) => tryInputs(specs, run, options.sample, random));
  if (likeness !== null) return likeness;
  const attempts = search(loss, known, (specs) => tryInputs(specs, run, options.sample, random));
  const chosen = best(attempts);
  if (chosen === null) throw notInferred(loss, known, attempts);
  const lab = { run, sample: options.sample, random };
  const refined = works(chosen.trial) ? refine(chosen, known, lab) : chosen;
  return { inputs: refined.trial.specs, notes: notesOf(refined, known, attempts) };
}

/** Null where the loss does not take what the other one does. */
function inputsLike({ id, inputs }: NonNullable<InferOptions['like']>, known: readonly Argument[], attempt: (specs: readonly InputSpec[]) => Trial): Inference | null {
  const filled = declaredInputs(likeThose(known, inputs));
  if (filled === null || !works(attempt(filled))) return null;
  const specs = filled.map((spec, index) => ({ ...spec, inferred: known[index]?.shape === null || known[index]?.domain === null }));
  return { inputs: specs, notes: [...roleNotes(known), ...likenessNotes(known, specs, id)] };
}

function search(
  loss: LoadedLoss,
  known: readonly Argument[],
  attempt: (specs: readonly InputSpec[]) => Trial,
): readonly Attempt[] {
  const attempts: Attempt[] = [];
  const seen = new Set<string>();
  for (const shape of baseShapes(known)) {
    for (const scheme of schemesFor(loss, known)) {
      for (const specs of layouts(known, scheme, shape)) {
        const key = specs.map((spec) => `${spec.shape.join('x')} ${formatDomain(spec.domain)}`).join();
        if (seen.has(key)) continue;
        seen.add(key);
        const trial = attempt(specs);
        attempts.push({ scheme, shape, trial });
        if (works(trial)) return attempts;
      }
    }
  }
  return attempts;
}

/** The attempt that works, else the one with the largest share of finite points, else the first that does not throw. */
function best(attempts: readonly Attempt[]): Attempt | null {
  const ran = attempts.filter(({ trial }) => trial.threw === null);
  return ran.reduce<Attempt | null>((leader, attempt) => {
    return leader === null || share(attempt) > share(leader) ? attempt : leader;
  }, null);
}

function share({ trial }: Attempt): number {
  return trial.good / trial.tried;
}

function notInferred(loss: LoadedLoss, known: readonly Argument[], attempts: readonly Attempt[]): LoadError {
  const message = mostTelling(attempts.flatMap(({ trial }) => trial.threw ?? []));
  const shapes = [...new Set(attempts.map(({ shape }) => `[${shape.join(', ')}]`))].join(', ');
  const tried = `it threw with every kind of input tried, shapes ${shapes}`;
  return new LoadError(
    'inputs-not-inferred',
    `cannot tell what ${loss.name} takes: ${tried}. It said: ${firstLine(message)}`,
    { fix: `${MISTAKE.test(message) ? 'Mend what it said: it looks like a slip in the loss. Where it is about the inputs, declare' : 'Declare'} its inputs beside it:\n\n${exampleMetadata(loss, known)}` },
  );
}

/** What JavaScript says of a misspelt name, whatever the inputs are. */
const MISTAKE = /is not a function|is not defined|^Cannot read propert|is not iterable|is not a constructor/;

/** What was said most often: a complaint that no guess could answer. */
function mostTelling(messages: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const message of messages) counts.set(message, (counts.get(message) ?? 0) + 1);
  return [...counts].reduce((leader, entry) => (entry[1] > leader[1] ? entry : leader), ['nothing', 0] as const)[0];
}

/** A block of metadata to paste, with the real names. */
function exampleMetadata(loss: LoadedLoss, known: readonly Argument[]): string {
  const lines = known.map(({ name, role, shape, domain }) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const shown = typeof domain === 'string' ? `'${domain}'` : domain === null ? `'real'` : formatDomain(domain);
    const suffix = role === 'prediction' ? '' : `, role: '${role}'`;
    return `    ${key}: { shape: [${(shape ?? [8, 4]).join(', ')}], domain: ${shown}${suffix} },`;
  });
  return [`// ${loss.exportName}`, 'export const losscheck = {', '  inputs: {', ...lines, '  },', '};'].join('\n');
}
