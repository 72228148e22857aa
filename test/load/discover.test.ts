import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineLoss } from '../../src/contracts/define-loss.ts';
import {
  discoverLosses,
  selectLosses,
  toCallable,
  type DiscoverOptions,
  type LoadedLoss,
} from '../../src/load/discover.ts';
import { createLocator } from '../../src/load/source-map.ts';
import { bundleIn, evaluate, workspace } from './workspace.ts';

type Exports = Readonly<Record<string, unknown>>;

const ids = (exports: Exports): readonly string[] => discoverLosses(exports, 'f.ts').losses.map(({ id }) => id);

function only(exports: Exports, options: DiscoverOptions = {}): LoadedLoss {
  const { losses, errors } = discoverLosses(exports, 'f.ts', options);
  expect(errors.map(({ error }) => error.message)).toEqual([]);
  expect(losses).toHaveLength(1);
  const [loss] = losses;
  if (loss === undefined) throw new Error('no loss');
  return loss;
}

function problem(exports: Exports, options: DiscoverOptions = {}) {
  const { errors } = discoverLosses(exports, 'f.ts', options);
  expect(errors).toHaveLength(1);
  const error = errors[0]?.error;
  if (error === undefined) throw new Error('no error');
  return error;
}

const variable = (trainable = true) => ({ assign() {}, trainable, shape: [1], dataSync: () => [0] });
const mse = (yPred: number, yTrue: number): number => (yPred - yTrue) ** 2;

describe('what counts as a loss', () => {
  it('finds functions, classes, instances, definitions and arrays; default first', () => {
    class Focal {
      call(yPred: number, yTrue: number): number {
        return yPred - yTrue;
      }
    }
    const defined = defineLoss({ inputs: {}, loss: (a) => a });
    const exports = {
      focal: mse,
      Focal,
      made: new Focal(),
      defined,
      many: [(a: number, b: number) => a - b, 3, new Focal()],
      default: async (a: number, b: number) => a + b,
    };
    expect(ids(exports)).toEqual([
      'f.ts#default',
      'f.ts#focal',
      'f.ts#Focal',
      'f.ts#made',
      'f.ts#defined',
      'f.ts#many[0]',
      'f.ts#many[2]',
    ]);
  });

  it('leaves out what only looks like one', () => {
    class Plain {
      scale = 1;
    }
    class Layer {
      call(): void {}
      apply(): void {}
      countParams(): void {}
      getWeights(): void {}
    }
    const exports = {
      mse,
      Plain,
      Layer,
      layer: new Layer(),
      settings: { a: 1 },
      n: 3,
      none: null,
      run: () => 1,
      helper: (x: number) => x,
      clip: (x: number, low = 0) => x + low,
    };
    expect(ids(exports)).toEqual(['f.ts#mse']);
  });

  it('takes a function of one parameter when nothing else is a loss, or metadata is about it', () => {
    const ridge = (weights: number, scale = 1): number => weights * scale;
    expect(ids({ ridge })).toEqual(['f.ts#ridge']);
    expect(ids({ ridge, mse, losscheck: { ridge: { inputs: { weights: {} } } } })).toEqual(['f.ts#ridge', 'f.ts#mse']);
    expect(ids({ ridge: Object.assign((w: number) => w, { losscheck: {} }), mse })).toEqual(['f.ts#ridge', 'f.ts#mse']);
  });

  it('counts one function once, whatever it is exported as', () => {
    const loss = only({ focal: mse, default: mse });
    expect([loss.id, loss.name, loss.exportNames]).toEqual(['f.ts#default', 'focal', ['default', 'focal']]);
    expect(ids({ default: { mse, apply: mse }, mse, apply: mse })).toEqual(['f.ts#mse']);
  });

  it('calls a method on its object, and finds classes compiled to ES5 and fields', () => {
    function Old(this: { k: number }): void {
      this.k = 10;
    }
    Old.prototype.forward = function (this: { k: number }, a: number, b: number): number {
      return this.k + a + b;
    };
    class Field {
      k = 20;
      apply = (a: number, b: number): number => this.k + a + b;
    }
    expect(only({ Old }).invoke([1, 2])).toBe(13);
    expect(only({ Field }).invoke([1, 2])).toBe(23);
    expect(only({ Field }).form).toBe('class');
  });

  it('constructs with the arguments that metadata gives', () => {
    class Scaled {
      static losscheck = { args: [3] };
      readonly k: number;
      constructor(k: number) {
        if (k === undefined) throw new Error('k is required');
        this.k = k;
      }
      call(a: number, b: number): number {
        return this.k * (a - b);
      }
    }
    expect(only({ Scaled }).invoke([2, 1])).toBe(3);
    expect(only({ Scaled, losscheck: { args: [5] } }).invoke([2, 1])).toBe(5);
    const failing = problem({
      Scaled: class extends Scaled {
        static override losscheck = { args: [] };
      },
    });
    expect([failing.code, failing.message]).toEqual([
      'import-threw',
      'new Scaled() with no arguments threw: k is required',
    ]);
  });
});

describe('arguments', () => {
  class Holder {
    async *call(a: number, { b } = { b: 1 }): AsyncGenerator<number> {
      yield a + b;
    }
  }
  it.each([
    [(yPred: number, yTrue: number) => yPred + yTrue, ['yPred', 'yTrue'], 2, false],
    [(yPred: number, ...rest: number[]) => yPred + rest.length, ['yPred'], 1, true],
    [
      function named(a: number, b = [1, 2].length, c = 'x,y') {
        return [a, b, c];
      },
      ['a', 'b', 'c'],
      1,
      false,
    ],
    [(a: number, { x }: { x: number }, [y]: number[]) => a + x + (y ?? 0), ['a', 'arg2', 'arg3'], 3, false],
    [async (a: number, b: number) => a + b, ['a', 'b'], 2, false],
    [mse.bind(null), ['arg1', 'arg2'], 2, false],
    [new Holder(), ['a', 'arg2'], 1, false],
  ])('%s', (loss, names, required, rest) => {
    const found = only({ loss });
    expect([found.argumentNames, found.requiredArguments, found.acceptsRest]).toEqual([names, required, rest]);
  });

  it('are named as in the source, also when the bundler renamed them', async () => {
    const folder = workspace({
      'sub/f.ts': `const labels = 1;\nexport default function (logits: number, labels: number) { return logits - labels; }\nexport const other = (a: number, b: number) => a + b + labels;`,
    });
    const bundle = await bundleIn(folder, 'sub/f.ts');
    const { losses } = discoverLosses(await evaluate(bundle), 'sub/f.ts', createLocator(bundle, folder));
    expect(losses.map(({ id, name, argumentNames }) => [id, name, argumentNames])).toEqual([
      ['sub/f.ts#default', 'f', ['logits', 'labels']],
      ['sub/f.ts#other', 'other', ['a', 'b']],
    ]);
  });
});

describe('defineLoss', () => {
  const schema = z.object({ gamma: z.number().min(0).default(2) });
  const focal = defineLoss({ name: 'focal', inputs: { p: {}, t: {} }, params: schema, loss: (...all) => all as never });

  it('passes the parameters after the inputs: defaults, or what is given', () => {
    expect(only({ focal }).invoke(['p', 't'])).toEqual(['p', 't', { gamma: 2 }]);
    expect(only({ focal }, { params: { gamma: 3 } }).invoke(['p', 't'])).toEqual(['p', 't', { gamma: 3 }]);
    expect(only({ focal }).argumentNames).toEqual([]);
  });

  it('leaves out parameters of other losses: values are given for a whole module', () => {
    const loss = only({ focal }, { params: { gamma: 3, delta: 1 } });
    expect([loss.params, loss.parameterNames]).toEqual([{ gamma: 3 }, ['gamma']]);
  });

  it('does not count the parameters as an input', () => {
    const loss = only({
      f: defineLoss({ params: schema, loss: (p: never, t: never, options: never) => [p, t, options] as never }),
    });
    expect([loss.argumentNames, loss.requiredArguments]).toEqual([['p', 't'], 2]);
  });

  it('says which parameter is wrong', () => {
    expect(problem({ focal }, { params: { gamma: -1 } }).message).toMatch(/^focal\.params\.gamma: found -1; /);
    expect(problem({ focal: defineLoss({ loss: (a) => a, params: 3 as never }) }).message).toContain(
      'focal.params: found 3',
    );
  });

  it('names a field that does not exist', () => {
    const wrong = defineLoss({ loss: (a: never) => a, input: {} } as never);
    expect(problem({ wrong }).message).toMatch(
      /^wrong\.input: unknown field \(did you mean "inputs"\?\); accepted: name, /,
    );
  });
});

describe('trainable variables', () => {
  it('are found in fields, arrays, maps, plain objects and losses within, once, without reading getters', () => {
    const shared = variable();
    class Inner {
      logVar = variable();
      call(): void {}
    }
    class Uncertainty {
      logVars = shared;
      again = shared;
      frozen = variable(false);
      weights = [variable(), variable()];
      byName = new Map([['mse', variable()]]);
      nested = { deep: { scale: variable() } };
      inner = new Inner();
      model = new (class {
        hidden = variable();
      })();
      self: unknown = this;
      get computed(): never {
        throw new Error('a getter was read');
      }
      call(yPred: number, yTrue: number): number {
        return yPred - yTrue;
      }
    }
    const names = ['logVars', 'weights.0', 'weights.1', 'byName.mse', 'nested.deep.scale', 'inner.logVar'];
    expect([...only({ Uncertainty }).variables().keys()]).toEqual(names);
    const callable = toCallable(only({ Uncertainty }), ['logVars', 'b']);
    expect([...callable.variables().keys()][0]).toBe('this.logVars');
    expect([...callable.variables().values()][0]).toBe(
      only({ x: new Uncertainty() }).variables().get('logVars') === shared ? shared : null,
    );
  });

  it('of a function are none', () => {
    expect(only({ mse }).variables().size).toBe(0);
  });
});

describe('metadata', () => {
  const inputs = { yPred: { shape: [8] } };
  const metadataOf = (exports: Exports) =>
    Object.fromEntries(
      discoverLosses(exports, 'f.ts').losses.map(({ exportName, metadata }) => [exportName, metadata]),
    );
  const other = (a: number, b: number): number => a * b;

  it('as one object belongs to the default export, else to every loss', () => {
    expect(metadataOf({ default: mse, other, losscheck: { inputs } })).toEqual({ default: { inputs }, other: {} });
    expect(metadataOf({ mse, other, losscheck: { inputs } })).toEqual({ mse: { inputs }, other: { inputs } });
  });

  it('keyed by export goes to each, to all members of an array, or to one of them', () => {
    expect(
      metadataOf({
        mse,
        list: [other, (a: number, b: number) => a / b],
        losscheck: { mse: { inputs }, list: { name: 'both' }, 'list[1]': { name: 'one' } },
      }),
    ).toEqual({
      mse: { inputs },
      'list[0]': { name: 'both' },
      'list[1]': { name: 'one' },
    });
    expect(metadataOf({ default: mse, mse, losscheck: { mse: { name: 'x' } } })).toEqual({ default: { name: 'x' } });
  });

  it('of the module wins over what a loss carries itself, field by field', () => {
    const own = Object.assign((a: number, b: number) => a + b, { losscheck: { name: 'own', description: 'kept' } });
    expect(metadataOf({ own, losscheck: { own: { name: 'outer' } } })).toEqual({
      own: { name: 'outer', description: 'kept' },
    });
  });

  it.each([
    [
      { inputs: { yPred: { domain: 'probabilty' } } },
      /^losscheck\.inputs\.yPred\.domain: found "probabilty"; accepted: one of real, logit, .*\(did you mean "probability"\?\)$/,
    ],
    [
      { inputs: { yPred: { role: 'label' } } },
      /^losscheck\.inputs\.yPred\.role: found "label"; accepted: prediction, target, weight, parameter$/,
    ],
    [
      { inputs: { yPred: { shape: [0] } } },
      /^losscheck\.inputs\.yPred\.shape\[0\]: found 0; accepted: a whole number of at least 1$/,
    ],
    [
      { inputs: { yPred: { domain: { min: 1, max: 0 } } } },
      /^losscheck\.inputs\.yPred\.domain: found \{"min":1,"max":0\}; accepted: /,
    ],
    [
      { inputs: { yPred: { shap: [8] } } },
      /^losscheck\.inputs\.yPred\.shap: unknown field \(did you mean "shape"\?\); accepted: shape, domain, role, classes$/,
    ],
    [{ input: {}, name: 'x' }, /^losscheck\.input: unknown field \(did you mean "inputs"\?\)/],
    [{ allow: [{ check: 'memory' }] }, /^losscheck\.allow\[0\]\.reason: found nothing; accepted: a reason in words$/],
    [{ tolerance: { rtol: 2 } }, /^losscheck\.tolerance\.rtol: found 2; accepted: a number above 0 and below 1$/],
    [{ expect: { reduction: 'avg' } }, /^losscheck\.expect\.reduction: found "avg"; accepted: mean, sum, none$/],
    [{ args: 3 }, /^losscheck\.args: found 3; accepted: an array$/],
    [
      { mes: { inputs: {} } },
      /^losscheck\.mes: no exported loss has this name \(did you mean "mse"\?\); accepted: mse$/,
    ],
    ['text', /^losscheck: found "text"; accepted: an object$/],
  ])('%j is refused with field, finding and what is accepted', (losscheck, message) => {
    const error = problem({ mse, losscheck });
    expect(error.code).toBe('invalid-metadata');
    expect(error.message).toMatch(message);
  });

  it('lists every problem on a line of its own, and does not hide the other losses', () => {
    const losscheck = { mse: { inputs: { a: { domain: 'reel' }, b: { shape: 'x' } } } };
    const { losses, errors } = discoverLosses({ mse, other, losscheck }, 'f.ts');
    expect(losses.map(({ exportName }) => exportName)).toEqual(['other']);
    expect(errors[0]?.exportName).toBe('mse');
    expect(errors[0]?.error.message.split('\n')).toHaveLength(2);
  });
});

describe('no loss', () => {
  it('says what was exported and what is accepted', () => {
    const error = problem({ n: 3, settings: {}, run: () => 1 });
    expect(error.code).toBe('no-loss');
    expect(error.message).toBe(
      'f.ts exports no loss, only n (a number), settings (an object without call, forward or apply), run (a function without parameters)',
    );
    expect(error.fix).toContain('defineLoss');
    expect(problem({}).message).toBe('f.ts exports nothing');
  });

  it('selects an export, an alias, an array or a member, and names what exists when it does not', () => {
    const found = discoverLosses(
      { default: mse, mse, n: 3, list: [(a: number, b: number) => a + b, (a: number, b: number) => a - b] },
      'f.ts',
    );
    const select = (name: string | null) => selectLosses(found, name);
    expect(select('mse').losses.map(({ id }) => id)).toEqual(['f.ts#default']);
    expect(select('list').losses).toHaveLength(2);
    expect(select('list[1]').losses).toHaveLength(1);
    expect(select(null)).toBe(found);
    const missing = select('msee').errors[0]?.error;
    expect([missing?.code, missing?.message]).toEqual([
      'export-not-found',
      'f.ts has no export "msee". Did you mean mse?',
    ]);
    expect(missing?.fix).toContain('list[0]');
    expect(select('n').errors[0]?.error.code).toBe('no-loss');
  });
});
