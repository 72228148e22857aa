import { formatDomain, type InputSpec } from '../contracts/domain.ts';
import type { Argument } from './arguments.ts';
import { domainByName } from './names.ts';
import { FALLBACK_REASON, type Attempt, type Scheme } from './schemes.ts';
import { works, type Trial } from './trial.ts';

/** What was inferred and why, one plain sentence each. */

/** Why an argument has the role it has, where its plain name does not say. */
export function roleNotes(known: readonly Argument[]): readonly string[] {
  return known.flatMap(({ name, role, roleReason }) =>
    roleReason === null ? [] : [`role of ${name}: ${role}, because ${roleReason}`],
  );
}

export function notesOf(chosen: Attempt, known: readonly Argument[], attempts: readonly Attempt[]): readonly string[] {
  const targetFirst = known.length >= 2 && known[0]?.role === 'target';
  const names = known.map(({ name }) => name).join(', ');
  const order = targetFirst
    ? [`argument order: ${names}; the target comes first, as in Keras and tf.losses`]
    : [];
  return [...order, ...roleNotes(known), ...inputNotes(chosen, known, attempts)];
}

/** One sentence for inputs of which the same was inferred for the same reason. */
function inputNotes(chosen: Attempt, known: readonly Argument[], attempts: readonly Attempt[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const [index, spec] of chosen.trial.specs.entries()) {
    const about = inferredOf(spec, known[index], chosen, attempts);
    if (about !== null) names.set(about, [...(names.get(about) ?? []), spec.name]);
  }
  return [...names].map(([about, inputs]) => `${inputs.join(', ')}: ${about}`);
}

function inferredOf(
  spec: InputSpec,
  argument: Argument | undefined,
  { trial, scheme, shape }: Attempt,
  attempts: readonly Attempt[],
): string | null {
  const first = attempts[0];
  const isFallback = first !== undefined && first.shape !== shape && first.trial.threw !== null;
  const because = isFallback ? ` (because [${first.shape.join(', ')}] made the loss throw)` : '';
  const shapePart = argument?.shape === null ? `shape [${spec.shape.join(', ')}]${because}` : null;
  if (argument?.domain !== null) return shapePart;
  const classes = spec.classes === null ? '' : ` with ${spec.classes} classes`;
  const reason = domainReason(spec, trial, scheme, attempts);
  const domainPart = `domain ${formatDomain(spec.domain)}${classes}, because ${reason}`;
  return shapePart === null ? domainPart : `${shapePart}, ${domainPart}`;
}

function domainReason(spec: InputSpec, trial: Trial, scheme: Scheme, attempts: readonly Attempt[]): string {
  if (!works(trial)) {
    return trial.good === 0
      ? 'nothing gave a finite result and this did not throw'
      : 'it gave finite results most often';
  }
  const saidByName = domainByName(spec.name, spec.role) === spec.domain;
  if (spec.role === 'weight')
    return saidByName ? 'weights are taken to be so unless declared' : 'nothing else is known';
  if (saidByName && scheme.byName) return 'its name says so';
  if (spec.domain === 'real') return 'real numbers gave finite results';
  if (scheme.byName) return 'it goes with the other inputs';
  const onReals = attempts.find(({ trial: { specs } }) => specs.every(({ domain }) => domain === 'real'))?.trial;
  if (scheme.why !== FALLBACK_REASON || onReals === undefined) return scheme.why;
  if (onReals.threw !== null) return `with real numbers the loss threw "${firstLine(onReals.threw)}"`;
  return 'real numbers gave NaN or infinity and this did not';
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
