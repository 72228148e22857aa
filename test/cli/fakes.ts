import type { EvaluateOptions, MergeOptions, SelftestOptions, VerifyOptions } from '../../src/contracts/options.ts';
import type { Report } from '../../src/contracts/report.ts';
import { main } from '../../src/cli/main.ts';
import type { Services } from '../../src/cli/services.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { healthy } from '../reporters/sample-doctor.ts';
import { loss, report } from '../reporters/sample-report.ts';

/** A terminal that remembers what was written to it. */
export interface FakeTerminal extends Terminal {
  readonly written: { out: string[]; error: string };
  readonly diverted: { now: boolean };
  interrupt(): void;
  readonly exits: number[];
}

export function fakeTerminal(changes: Partial<Terminal> = {}): FakeTerminal {
  const written = { out: [] as string[], error: '' };
  const diverted = { now: false };
  const handlers = new Set<() => void>();
  const exits: number[] = [];
  return {
    cwd: process.cwd(),
    env: {},
    stdinIsTty: false,
    stdoutIsTty: false,
    stderrIsTty: false,
    stdoutColumns: 80,
    stderrColumns: 80,
    async writeOut(text) {
      written.out.push(text);
    },
    async writeError(text) {
      written.error += text;
    },
    divertStdout() {
      diverted.now = true;
      return () => {
        diverted.now = false;
      };
    },
    onInterrupt(handler) {
      handlers.add(handler);
    },
    exit: (code) => exits.push(code),
    ...changes,
    written,
    diverted,
    exits,
    interrupt: () => handlers.forEach((handler) => handler()),
  };
}

/** Services whose run remembers its options and gives a fixed report. */
export interface FakeServices extends Services {
  readonly calls: { verify: VerifyOptions[]; merge: MergeOptions[]; evaluate: EvaluateOptions[]; selftest: SelftestOptions[] };
}

export function fakeServices(answer: Report = report([loss()]), changes: Partial<Services> = {}): FakeServices {
  const calls: FakeServices['calls'] = { verify: [], merge: [], evaluate: [], selftest: [] };
  return {
    calls,
    run: async () => ({
      loadConfig: async () => null,
      effectiveConfig: async () => ({ config: null, values: {}, from: {}, overrides: [], checks: [] }),
      updateBaseline: () => Promise.reject(new Error('no baseline here')),
      pruneBaseline: () => Promise.reject(new Error('no baseline here')),
      async verify(options) {
        calls.verify.push(options);
        return answer;
      },
      async merge(options: MergeOptions) {
        calls.merge.push(options);
        return answer;
      },
      async selftest(options: SelftestOptions) {
        calls.selftest.push(options);
        return { schemaVersion: 1 as const, seed: 0, samples: 3, losses: [], exitCode: 0 };
      },
      async evaluate(options) {
        calls.evaluate.push(options);
        return {
          schemaVersion: 1,
          loss: options.target,
          value: NaN,
          components: {},
          gradients: { yPred: [1, 2] },
          engine: answer.engines.reference,
        };
      },
      doctor: async () => healthy,
      describeBuiltIns: async () => [
        {
          id: 'huber',
          name: 'huber',
          family: 'regression',
          description: 'Quadratic near zero, linear far away.',
          formula: 'mean(0.5 r^2 for |r| < delta, delta (|r| - 0.5 delta) elsewhere), r = p - t',
          reference: 'Huber, Robust Estimation of a Location Parameter, 1964',
          kinks: null,
          inputs: [
            { name: 'yPred', role: 'prediction', shape: [8, 4], domain: 'real' },
            { name: 'yTrue', role: 'target', shape: [8, 4], domain: 'real' },
          ],
          parameters: [{ name: 'delta', type: 'number', default: 1, description: 'where the slope stops growing' }],
          example: { inputs: { yPred: [0, 0], yTrue: [0.5, 3] }, params: {}, value: 1.3125 },
          oracle: { name: 'torch.nn.functional.huber_loss', versions: { torch: '2.15.0' } },
        },
        {
          id: 'dice',
          name: 'Dice loss',
          family: 'segmentation and boxes',
          description: 'One minus the overlap of two masks.',
          formula: '1 - 2 sum(p t) / (sum(p) + sum(t))',
          reference: 'Dice, Measures of the amount of ecologic association between species, 1945',
          kinks: 'None.',
          inputs: [{ name: 'yPred', role: 'prediction', shape: [4], domain: 'probability' }],
          parameters: [],
          example: { inputs: { yPred: [1] }, params: {}, value: 0 },
          oracle: null,
        },
      ],
    }),
    watch: () => Promise.reject(new Error('no test watches with fakes')),
    checks: async () => [
      { id: 'scalar-output', title: 'is the result one finite scalar?', severity: 'error' },
      { id: 'gradient-match', title: 'does autograd agree with finite differences?', severity: 'error' },
      { id: 'term-balance', title: 'are the terms of one order?', severity: 'warning' },
    ],
    catalogue: async () =>
      new Map([
        ['gradient-mismatch', { title: 'autograd disagrees', check: 'gradient-match', why: null }],
        ['not-scalar', { title: 'missing reduction', check: 'scalar-output', why: null }],
        ['syntax-error', { title: 'syntax error', check: null, why: 'The module cannot be read.' }],
      ]),
    ...changes,
  };
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: FakeTerminal;
  readonly services: FakeServices;
}

/** Runs a command line against fakes. */
export async function run(
  argv: readonly string[],
  terminal: FakeTerminal = fakeTerminal(),
  services: FakeServices = fakeServices(),
): Promise<Ran> {
  const exitCode = await main(argv, terminal, services);
  return { exitCode, stdout: terminal.written.out.join(''), stderr: terminal.written.error, terminal, services };
}
