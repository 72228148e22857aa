import type { CheckContext } from '../contracts/check.ts';
import { formatDomain, isDifferentiable, type InputSpec } from '../contracts/domain.ts';
import type { LossProbe } from '../contracts/engine.ts';
import type { InputMetadata } from '../contracts/metadata.ts';
import type { InputReport } from '../contracts/report.ts';
import type { Point } from '../contracts/tensor.ts';
import { toCallable, type LoadedLoss } from '../load/discover.ts';
import { inferInputs } from '../load/infer.ts';
import { createRandom, deriveSeed } from '../numerics/random.ts';
import type { Settings } from './config/settings.ts';
import type { LossPair, OpenModule } from './module.ts';
import { samplesOf, toleranceOf, type RunOptions } from './options.ts';
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
export function prepare(module: OpenModule, pair: LossPair, options: RunOptions): Prepared {
  const { reference: loss, fresh, production: twin } = pair;
  const settings = module.settingsOf(pair);
  const bindReference = (names: readonly string[]): LossProbe => module.reference.bind(toCallable(loss, names));
  const { inputs, notes } = inferInputs(
    loss,
    // One binding for each guess at the arguments; most guesses share their names.
    memoise((specs: readonly InputSpec[]) => bindReference(specs.map(({ name }) => name))),
    { overrides: inputOverrides(loss, settings, options), sample: drawOne, like: module.rival },
  );
  const names = inputs.map(({ name }) => name);
  const reference = bindReference(names);
  const production = module.production.bind(toCallable(twin, names));
  const seed = [options.seed, loss.exportName];
  const samples = drawSamples(inputs, reference.parameters, samplesOf(options, settings), seed);
  const { metadata } = loss;
  return {
    context: {
      reference,
      fresh: module.fresh.bind(toCallable(fresh, names)),
      production,
      others: module.others.map(({ probeOf }) => probeOf(loss.exportName, names)),
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
      expectations: { ...settings.expect, ...metadata.expect },
      allow: [...(metadata.allow ?? []), ...settings.allow],
      against: module.rival === null ? null : toRival(module.rival, inputs, reference.parameters),
      lanes: options.lanes,
      details: options.details,
      rtol: toleranceOf(options, metadata.tolerance?.rtol, settings),
      random: (purpose) => createRandom(deriveSeed(...seed, purpose)),
    },
    inputs: [...inputs.map(reportInput), ...reportParameters(reference.parameters)],
    notes,
    numbers: Object.values(samples[0]?.point ?? {}).reduce((total, { data }) => total + data.length, 0),
  };
}

/**
 * What is declared of inputs beside the module's own metadata, by name: flags, and below the module what the config
 * says of those that it leaves open. A config speaks of many losses: names that this one does not have are none of its.
 */
export function inputOverrides(loss: LoadedLoss, { inputs }: Settings, { input }: RunOptions): Readonly<Record<string, InputMetadata>> {
  const declared = loss.metadata.inputs ?? {};
  const names = [...new Set([...Object.keys(declared), ...loss.argumentNames])];
  const configured = Object.entries(inputs).filter(([name]) => names.includes(name)).map(([name, about]): [string, InputMetadata] => [name, { ...about, ...declared[name], ...input[name] }]);
  return { ...Object.fromEntries(configured), ...Object.fromEntries(Object.entries(input).filter(([name]) => !configured.some(([known]) => known === name))) };
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
