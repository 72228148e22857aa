import type {
  Engine,
  EngineInfo,
  EvaluatedModule,
  LossCallable,
  LossProbe,
  ModuleBundle,
  SourceLocator,
} from '../contracts/engine.ts';
import { CustomGrads } from './custom-grads.ts';
import { runModule, supplier } from './module-scope.ts';
import { TfjsProbe, type ModuleFrames } from './probe.ts';
import { saveWithoutKernels } from './saved-tensors.ts';
import { hold, WHILE_IMPORTED } from './surroundings.ts';
import { watchCopy } from './tampering.ts';
import { framesOf, framesOfError, framesOfScripts, NEAR_DEPTH, type ScriptFrame } from './stack.ts';
import { internalsOf, type TfjsCopy } from './tfjs.ts';
import { describeThrown } from './thrown.ts';

const SCRIPT_PREFIX = 'losscheck-module-';
let scripts = 0;

/** An engine on one copy of TensorFlow.js. */
export class TfjsEngine implements Engine {
  readonly info: EngineInfo;
  readonly #copy: TfjsCopy;
  readonly #customGrads: CustomGrads;

  constructor(copy: TfjsCopy, info: EngineInfo) {
    this.#copy = copy;
    this.info = info;
    this.#customGrads = new CustomGrads(internalsOf(copy.core));
    if (info.backend === 'cpu') saveWithoutKernels(internalsOf(copy.core));
    watchCopy('tf', copy.core, internalsOf(copy.core));
  }

  async evaluate(bundle: ModuleBundle, locator: SourceLocator): Promise<EvaluatedModule> {
    const scriptName = `${SCRIPT_PREFIX}${scripts++}.js`;
    const frames = moduleFrames(scriptName, locator, bundle.code);
    const floatArray = this.info.precision === 64 ? Float64Array : Float32Array;
    const supply = supplier(this.#copy, bundle.entry);
    const leave = this.#enter();
    try {
      const { exports } = await runModule(bundle, scriptName, supply, floatArray);
      return {
        exports,
        within: (body) => {
          const leaveAgain = this.#enter();
          try {
            return body();
          } finally {
            leaveAgain();
          }
        },
        bind: (loss: LossCallable): LossProbe =>
          new TfjsProbe(this.#copy.core, this.info, loss, frames, this.#customGrads),
        locateError: (error) => frames.ofError(error),
      };
    } catch (error) {
      throw new ModuleError(error, frames.ofError(error));
    } finally {
      leave();
    }
  }

  /** Each evaluation of a module draws the same random numbers and has its own names for variables. */
  #enter(): () => void {
    const { state } = internalsOf(this.#copy.core);
    const { registeredVariables } = state;
    state.registeredVariables = {};
    const release = hold(WHILE_IMPORTED);
    return () => {
      release();
      state.registeredVariables = registeredVariables;
    };
  }
}

/** Places in the script of whichever module an error came from. */
export function framesOfModules(error: unknown): readonly ScriptFrame[] {
  return framesOfScripts(error, SCRIPT_PREFIX);
}

/** The user's module threw while it was imported. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
  readonly thrown: unknown;
  readonly location: ReturnType<ModuleFrames['ofError']>;
  constructor(thrown: unknown, location: ReturnType<ModuleFrames['ofError']>) {
    super(describeThrown(thrown));
    this.thrown = thrown;
    this.location = location;
  }
}

function moduleFrames(scriptName: string, locator: SourceLocator, code: string): ModuleFrames {
  const innermost = (frames: readonly ScriptFrame[]): ReturnType<ModuleFrames['current']> => {
    for (const frame of frames) {
      const location = locator.locate(frame.line, frame.column);
      if (location !== null) return { location, callee: frame.callee ?? 'an operation' };
    }
    const inLibrary = frames.length > 0;
    return { location: null, callee: inLibrary ? 'a library' : null };
  };
  const current = (): ReturnType<ModuleFrames['current']> => {
    const near = framesOf(scriptName, NEAR_DEPTH);
    const found = innermost(near.frames);
    return found.location === null && near.isCut ? innermost(framesOf(scriptName).frames) : found;
  };
  return {
    hasText: (text) => code.includes(text),
    current,
    place: () => {
      const near = framesOf(scriptName, NEAR_DEPTH);
      // Behind the frames of a library, or too deep to be seen from near, the user's own may follow.
      const frames = near.isCut && (near.frames.length === 0 || !locator.isAllOwn) ? framesOf(scriptName).frames : near.frames;
      let found: ReturnType<typeof current> | null = null;
      return () => (found ??= innermost(frames)).location;
    },
    ofError: (error) => innermost(framesOfError(error, scriptName)).location,
  };
}
