import type { Engine, EvaluatedModule, LossError, LossProbe, SourceLocator, Trace } from '../contracts/engine.ts';
import { ModuleError } from '../engines/index.ts';
import { toCallable, type Discovery } from '../load/discover.ts';
import type { ModuleRequest } from './messages.ts';

/** A module on one of the backends beside the one that decides. */
export interface OtherBackend {
  /** The loss of this export, with its inputs in this order. */
  readonly probeOf: (exportName: string, names: readonly string[]) => LossProbe;
}

/**
 * Evaluates a module on another backend.
 *
 * What it throws there while it is imported or constructed is no reason not to check it where it does not: its losses
 * throw the same whenever they are called.
 */
export async function openOther(engine: Engine, { bundle }: ModuleRequest, locator: SourceLocator, discover: (module: EvaluatedModule) => Discovery): Promise<OtherBackend> {
  let module: EvaluatedModule;
  try {
    module = await engine.evaluate(bundle, locator);
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    const { message, location } = error;
    return { probeOf: () => throwingProbe(engine.info, { message: `the module throws while it is imported: ${message}`, location }) };
  }
  const { losses, errors } = discover(module);
  return {
    probeOf: (exportName, names) => {
      const loss = losses.find((each) => each.exportName === exportName);
      if (loss !== undefined) return module.bind(toCallable(loss, names));
      const failed = errors.find((each) => each.exportName === exportName);
      return throwingProbe(engine.info, { message: failed?.error.message ?? 'the module has no such loss on this backend', location: failed?.error.location ?? null });
    },
  };
}

/** A loss that cannot even be made. */
function throwingProbe(engine: LossProbe['engine'], error: LossError): LossProbe {
  const evaluation = { kind: 'threw', error } as const;
  const trace: Trace = {
    evaluation,
    gradients: null,
    gradientError: error,
    operations: [],
    reads: [],
    detachments: [],
    keeps: [],
    nestedGradients: [],
    inputIds: {},
    resultId: null,
    componentIds: {},
    draws: [],
  };
  return {
    engine,
    parameters: {},
    value: () => evaluation,
    scalar: () => NaN,
    gradient: () => ({ evaluation, gradients: null, error }),
    trace: () => trace,
    account: () => ({ kept: [], leaks: { variables: 0, location: null }, untidied: 0, disposed: [], changed: [] }),
    tap: () => null,
    lanes: () => null,
    replay: () => {
      throw new Error(`nothing was recorded on ${engine.backend}`);
    },
  };
}
