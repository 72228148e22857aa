import { formatDomain, isDifferentiable, type InputSpec, type Role } from '../contracts/domain.ts';
import type { Argument } from './arguments.ts';

/** Which input of one loss stands for which of another. */

interface Named {
  readonly name: string;
  readonly role: Role;
}

/** From the most certain to the least: later ones see only what is left. */
const STAGES: readonly ((mine: Named, theirs: Named) => boolean)[] = [
  (mine, theirs) => mine.role === theirs.role && mine.name === theirs.name,
  (mine, theirs) => mine.role === theirs.role,
  (mine, theirs) => isDifferentiable(mine.role) && isDifferentiable(theirs.role),
];

/** Names of `mine` with the names of `theirs` that they stand for: by name, then by role in their order. */
export function counterparts(mine: readonly Named[], theirs: readonly Named[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  for (const fits of STAGES) {
    for (const one of mine) {
      if (found.has(one.name)) continue;
      const other = theirs.find((candidate) => !taken.has(candidate.name) && fits(one, candidate));
      if (other === undefined) continue;
      found.set(one.name, other.name);
      taken.add(other.name);
    }
  }
  return found;
}

/** The arguments with what is not declared taken from the loss they are to be compared with. */
export function likeThose(known: readonly Argument[], theirs: readonly InputSpec[]): readonly Argument[] {
  const names = counterparts(known, theirs);
  return known.map((argument) => {
    const model = theirs.find(({ name }) => name === names.get(argument.name));
    if (model === undefined) return argument;
    const isOpen = argument.domain === null;
    return {
      ...argument,
      shape: argument.shape ?? model.shape,
      domain: argument.domain ?? model.domain,
      classes: isOpen ? model.classes : argument.classes,
    };
  });
}

/** One sentence for each argument of which something was taken over. */
export function likenessNotes(known: readonly Argument[], filled: readonly InputSpec[], id: string): readonly string[] {
  return known.flatMap(({ name, shape, domain }) => {
    const spec = filled.find((one) => one.name === name);
    if (spec === undefined || (shape !== null && domain !== null)) return [];
    const parts = [
      ...(shape === null ? [`shape [${spec.shape.join(', ')}]`] : []),
      ...(domain === null ? [`domain ${formatDomain(spec.domain)}`] : []),
    ];
    return [`${name}: ${parts.join(', ')}, as ${id} takes it`];
  });
}

/** Why two losses cannot be given the same point, with what to do; null where they can. */
export function misfitOf(
  mine: readonly (Named & Partial<InputSpec>)[],
  theirs: readonly InputSpec[],
  { id, names }: { readonly id: string; readonly names: ReadonlyMap<string, string> },
): string | null {
  const lonely = theirs.find(({ name }) => ![...names.values()].includes(name));
  if (lonely !== undefined) return `${id} takes ${lonely.name} (${lonely.role}), and no input of this loss stands for it`;
  const extra = mine.find(({ name }) => !names.has(name));
  if (extra !== undefined) return `this loss takes ${extra.name} (${extra.role}), for which ${id} has nothing`;
  const clash = mine.find(({ name, domain }) => {
    const other = theirs.find((one) => one.name === names.get(name));
    return (domain === 'class-index') !== (other?.domain === 'class-index');
  });
  if (clash === undefined) return null;
  const [here, there] = clash.domain === 'class-index' ? ['class indices', 'a value for each class'] : ['a value for each class', 'class indices'];
  return `this loss takes ${clash.name} as ${here}, and ${id} as ${there}`;
}
