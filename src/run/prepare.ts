import type { CheckContext } from '../contracts/check.ts';
import { formatDomain, isDifferentiable, type InputSpec } from '../contracts/domain.ts';
import type { LossProbe } from '../contracts/engine.ts';
import type { InputReport } from '../contracts/report.ts';
import type { Point } from '../contracts/tensor.ts';
import { toCallable } from '../load/discover.ts';
import { inferInputs } from '../load/infer.ts';
import { createRandom, deriveSeed } from '../numerics/random.ts';
import type { LossPair, OpenModule } from './module.ts';
import { toleranceOf, type RunOptions } from './options.ts';
import { parsePoint } from './points.ts';
import { toRival } from './rival.ts';
import { drawOne, drawSamples } from './samples.ts';

export interface Prepared {
  readonly context: CheckContext;
  readonly inputs: InputReport[];
  readonly notes: readonly string[];
  /** How many numbers its inputs and parameters hold. */
  readonly numbers: number;
}

/** Works out the inputs, binds the loss in both engines and draws the points it is checked at. */
export function prepare(module: OpenModule, { reference: loss, fresh, production: twin }: LossPair, options: RunOptions): Prepared {
  const bindReference = (names: readonly string[]): LossProbe => module.reference.bind(toCallable(loss, names));
  const { inputs, notes } = inferInputs(
    loss,
    // One binding for each guess at the arguments; most guesses share their names.
    memoise((specs: readonly InputSpec[]) => bindReference(specs.map(({ name }) => name))),
    { overrides: options.input, sample: drawOne, like: module.rival },
  );
  const names = inputs.map(({ name }) => name);
  const reference = bindReference(names);
  const production = module.production.bind(toCallable(twin, names));
  const seed = [options.seed, loss.exportName];
  const samples = drawSamples(inputs, reference.parameters, options.samples, seed);
  const { metadata } = loss;
  return {
    context: {
      reference,
      fresh: module.fresh.bind(toCallable(fresh, names)),
      production,
      inputs,
      source: {
        get declaration() {
          return module.locator.locateText(loss.functionText);
        },
        isAsync: /^\s*(?:static\s+)?async\b/.test(loss.functionText),
        stateWrites: module.stateWrites,
      },
      differentiable: [...inputs.filter(({ role }) => isDifferentiable(role)).map(({ name }) => name), ...Object.keys(reference.parameters)],
      samples,
      edges: (metadata.edges ?? []).map((edge, index) => parsePoint(edge, inputs, reference.parameters, `${loss.metadataLabel}.edges[${index}]`)),
      expectations: metadata.expect ?? {},
      allow: metadata.allow ?? [],
      against: module.rival === null ? null : toRival(module.rival, inputs, reference.parameters),
      lanes: options.lanes,
      details: options.details,
      rtol: toleranceOf(options, metadata.tolerance?.rtol),
      random: (purpose) => createRandom(deriveSeed(...seed, purpose)),
    },
    inputs: [...inputs.map(reportInput), ...reportParameters(reference.parameters)],
    notes,
    numbers: Object.values(samples[0]?.point ?? {}).reduce((total, { data }) => total + data.length, 0),
  };
}

function memoise(bind: (specs: readonly InputSpec[]) => LossProbe): Parameters<typeof inferInputs>[1] {
  const bound = new Map<string, LossProbe>();
  return (specs, point) => {
    const key = specs.map(({ name }) => name).join();
    const probe = bound.get(key) ?? bind(specs);
    bound.set(key, probe);
    return probe.value(point);
  };
}

function reportInput({ name, role, shape, domain, inferred }: InputSpec): InputReport {
  return { name, role, shape: [...shape], domain: formatDomain(domain), inferred };
}

function reportParameters(parameters: Point): InputReport[] {
  return Object.entries(parameters).map(([name, { shape }]) => ({ name, role: 'parameter', shape: [...shape], domain: 'real', inferred: false }));
}
