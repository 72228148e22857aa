/** Edges of several inputs at once. */

import type { Domain } from '../contracts/domain.ts';
import { admitsTriple, cyclingEdge, edgeSetOf, TRIPLE_PREDICTION, TRIPLE_TARGET, type Edge } from './edges.ts';

export interface EdgeInput {
  readonly name: string;
  readonly domain: Domain;
  readonly shape: readonly number[];
  readonly classes: number | null;
}

export interface EdgeCombination {
  /** `yPred all 0; yTrue [0, 0, 1e10]` */
  readonly label: string;
  /** By input name; an input whose domain is a sampler has no edges and is left out. */
  readonly values: Readonly<Record<string, Float64Array>>;
}

/** Above this many points the full product is not worth its time. */
const DEFAULT_LIMIT = 120;

interface Side {
  readonly input: EdgeInput;
  readonly edges: readonly [Edge, ...Edge[]];
  readonly benign: Edge;
}

/** One edge for each input, in the order of the inputs. */
type Choice = readonly Edge[];

function sidesOf(inputs: readonly EdgeInput[]): Side[] {
  return inputs.flatMap((input) => {
    const { edges, benign } = edgeSetOf(input.domain, input.shape, input.classes);
    const [first, ...rest] = edges;
    if (first === undefined) return [];
    return [{ input, edges: [first, ...rest] as const, benign: edges.find((edge) => edge.name === benign) ?? first }];
  });
}

function fullProduct(sides: readonly Side[]): Choice[] {
  return sides.reduce<Choice[]>(
    (choices, side) => choices.flatMap((choice) => side.edges.map((edge) => [...choice, edge])),
    [[]],
  );
}

/** The others at their benign edge, so that a failure points at one input. */
function oneAtATime(sides: readonly Side[]): Choice[] {
  return sides.flatMap((moved) =>
    moved.edges.map((edge) => sides.map((side) => (side === moved ? edge : side.benign))),
  );
}

/** The documents' triple for every ordered pair of inputs that admit it. */
function triples(sides: readonly Side[]): Choice[] {
  const admitting = sides.filter(({ input }) => admitsTriple(input.domain));
  return admitting.flatMap((prediction) =>
    admitting
      .filter((target) => target !== prediction)
      .map((target) =>
        sides.map((side) => {
          if (side === prediction) return cyclingEdge(side.input.shape, TRIPLE_PREDICTION);
          return side === target ? cyclingEdge(side.input.shape, TRIPLE_TARGET) : side.benign;
        }),
      ),
  );
}

/** All inputs move together; after each round input i falls behind by i more, so that other edges meet. */
function cyclic(sides: readonly Side[], count: number): Choice[] {
  const round = longestOf(sides);
  return Array.from({ length: count }, (_, step) =>
    sides.map((side, i) => side.edges[(step + i * Math.floor(step / round)) % side.edges.length] ?? side.benign),
  );
}

function longestOf(sides: readonly Side[]): number {
  return Math.max(...sides.map((side) => side.edges.length));
}

function combine(sides: readonly Side[], choice: Choice): EdgeCombination {
  const named = sides.flatMap(({ input }, i) => {
    const edge = choice[i];
    return edge === undefined ? [] : [{ name: input.name, edge }];
  });
  return {
    label: named.map(({ name, edge }) => `${name} ${edge.name}`).join('; '),
    values: Object.fromEntries(named.map(({ name, edge }) => [name, edge.values])),
  };
}

function withoutRepeats(combinations: readonly EdgeCombination[]): EdgeCombination[] {
  return [...new Map(combinations.map((combination) => [combination.label, combination])).values()];
}

/**
 * Combinations of the edges of several inputs.
 *
 * The full product where it has at most `limit` points. Beyond that: every edge of one input with the
 * others at a benign one, the documents' triple (prediction [0, 1e-10, 1e10], target [0, 0, 1e10]) for each pair of
 * inputs that admits it, and a cyclic selection that moves all inputs at once and meets every edge of each.
 * The triple is part of both where two domains admit it.
 *
 * @throws DomainError as `edgesOf`
 */
export function edgeCombinations(inputs: readonly EdgeInput[], limit = DEFAULT_LIMIT): readonly EdgeCombination[] {
  const sides = sidesOf(inputs);
  if (sides.length === 0) return [];
  const points = sides.reduce((product, side) => product * side.edges.length, 1);
  if (points <= limit) return asCombinations(sides, [...fullProduct(sides), ...triples(sides)]);
  const fixed = [...triples(sides), ...oneAtATime(sides)];
  return asCombinations(sides, [...fixed, ...cyclic(sides, Math.max(longestOf(sides), limit - fixed.length))]);
}

function asCombinations(sides: readonly Side[], choices: readonly Choice[]): EdgeCombination[] {
  return withoutRepeats(choices.map((choice) => combine(sides, choice)));
}
