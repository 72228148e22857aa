import { symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCivil, findingOf, isAlive, lossOf as entryOf, reportOf, Workspace, words } from './program.ts';
import { DECLARED, IMPORT, lossOf, squaredError } from './sources.ts';

/** What a person sees when something is wrong with what they gave. */

const GOOD = IMPORT + squaredError();
const workspace = new Workspace();
afterAll(() => workspace.remove());

interface Wrong {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly target: string;
  readonly exit: number;
  readonly code: string;
  /** Id of the entry in the report; the target where not given. */
  readonly id?: string;
  /** Has to stand in the message or the fix, spaces as one. */
  readonly says: readonly (string | RegExp)[];
  /** Losses of the same file that pass nevertheless. */
  readonly passed?: number;
  /** Where the finding must point, as file:line. */
  readonly at?: string;
}

const COULD_NOT_LOAD: readonly Wrong[] = [
  {
    name: 'no such file, with the nearest name',
    files: { 'near/myloss.ts': GOOD },
    target: 'near/mylos.ts',
    exit: 3,
    code: 'file-not-found',
    says: ['near/mylos.ts', 'did you mean near/myloss.ts?'],
  },
  {
    name: 'a file in a folder that does not exist',
    target: 'nowhere/myloss.ts',
    exit: 3,
    code: 'file-not-found',
    says: ['its folder does not exist'],
  },
  {
    name: 'an empty folder',
    files: { 'empty/.keep': '' },
    target: 'empty',
    exit: 3,
    code: 'no-files',
    says: ['the folder empty holds no file'],
  },
  {
    name: 'a folder in which no file holds a loss',
    files: { 'lossless/rates.ts': 'export const rate = 0.1;\n' },
    target: 'lossless',
    exit: 3,
    code: 'no-loss',
    says: ['lossless', 'Export a function'],
  },
  {
    name: 'a glob that matches nothing',
    target: 'none/**/*.ts',
    exit: 3,
    code: 'no-files',
    says: ['no file matches none/**/*.ts'],
  },
  {
    name: 'a file that is no program',
    files: { 'notes.md': '# notes\n' },
    target: 'notes.md',
    exit: 3,
    code: 'unsupported-file',
    says: ['notes.md is neither TypeScript nor JavaScript'],
  },
  {
    name: 'a syntax error',
    files: { 'syntax.ts': `${IMPORT}export default function (yPred: tf.Tensor) {\n  return tf.mean(yPred;\n}\n` },
    target: 'syntax.ts',
    exit: 3,
    code: 'syntax-error',
    says: [/Expected "\)"/],
    at: 'syntax.ts:3',
  },
  {
    name: 'a missing package',
    files: {
      'package.ts': `${IMPORT}import { helper } from '@nobody/losses-of-nobody/deep';\n${lossOf('default', 'return helper(yPred, yTrue);')}`,
    },
    target: 'package.ts',
    exit: 3,
    code: 'missing-import',
    says: ['"@nobody/losses-of-nobody/deep"', 'npm install @nobody/losses-of-nobody'],
    at: 'package.ts:2',
  },
  {
    name: 'a missing file of their own',
    files: {
      'relative.ts': `${IMPORT}import { helper } from './helpr.ts';\n${lossOf('default', 'return helper(yPred, yTrue);')}`,
    },
    target: 'relative.ts',
    exit: 3,
    code: 'missing-import',
    says: ['"./helpr.ts"', 'relative to the importing file'],
    at: 'relative.ts:2',
  },
  {
    name: 'a name that the imported file does not export',
    files: {
      'part/helper.ts': 'export const helper = 1;\n',
      'part/loss.ts': `${IMPORT}import { helpr } from './helper.ts';\n${lossOf('default', 'return helpr(yPred, yTrue);')}`,
    },
    target: 'part/loss.ts',
    exit: 3,
    code: 'missing-import',
    says: ['no export "helpr"'],
    at: 'part/loss.ts:2',
  },
  {
    name: 'a throw while the module is imported',
    files: { 'throws.ts': `${IMPORT}\nthrow new TypeError('no table of weights');\n${squaredError()}` },
    target: 'throws.ts',
    exit: 3,
    code: 'import-threw',
    says: ['no table of weights'],
    at: 'throws.ts:3',
  },
  {
    name: 'a throw of something that is no error',
    files: { 'thrown.ts': `${IMPORT}throw 'a bare string';\n${squaredError()}` },
    target: 'thrown.ts',
    exit: 3,
    code: 'import-threw',
    says: ['a bare string'],
  },
  {
    name: 'a throw in an imported file',
    files: {
      'deep/table.ts': `export const table = [1, 2];\n\nexport const width = missing.length;\ndeclare const missing: string;\n`,
      'deep/loss.ts': `import { width } from './table.ts';\n${GOOD}export const w = width;\n`,
    },
    target: 'deep/loss.ts',
    exit: 3,
    code: 'import-threw',
    says: ['missing is not defined'],
    at: 'deep/table.ts:3',
  },
  {
    name: 'no loss exported',
    files: {
      'noloss.ts': `export const rate = 0.1;\nexport default { optimizer: 'adam' };\nexport function run() {}\n`,
    },
    target: 'noloss.ts',
    exit: 3,
    code: 'no-loss',
    says: [
      'default (an object without call, forward or apply)',
      'rate (a number)',
      'run (a function without parameters)',
    ],
  },
  {
    name: 'nothing exported',
    files: { 'mute.ts': `${IMPORT}function loss(yPred: tf.Tensor) {\n  return tf.mean(yPred);\n}\nvoid loss;\n` },
    target: 'mute.ts',
    exit: 3,
    code: 'no-loss',
    says: [/exports? nothing/],
  },
  {
    name: 'an export that does not exist, with the nearest name',
    files: { 'focal.ts': IMPORT + squaredError('focal') },
    target: 'focal.ts#focl',
    exit: 3,
    code: 'export-not-found',
    says: ['focl', 'focal'],
  },
  {
    name: 'an id that no built-in loss has, with the nearest name',
    target: 'hubber',
    exit: 3,
    code: 'unknown-loss',
    says: ['"hubber"', 'Did you mean huber?', 'losscheck list'],
  },
  {
    name: 'a broken package.json beside the file',
    files: { 'broken-package/package.json': '{ "name": \n', 'broken-package/loss.ts': GOOD },
    target: 'broken-package/loss.ts',
    exit: 3,
    code: 'syntax-error',
    says: [/JSON/],
    at: 'broken-package/package.json:2',
  },
  {
    name: 'a broken tsconfig.json beside the file',
    files: { 'broken-tsconfig/tsconfig.json': '{ "compilerOptions": {\n', 'broken-tsconfig/loss.ts': GOOD },
    target: 'broken-tsconfig/loss.ts',
    exit: 3,
    code: 'syntax-error',
    says: [/JSON/],
    at: 'broken-tsconfig/tsconfig.json:2',
  },
];

function withMetadata(metadata: string): string {
  return `${GOOD}export const losscheck = ${metadata};\n`;
}

const WRONG_METADATA: readonly Wrong[] = [
  {
    name: 'a domain that does not exist',
    files: {
      'meta/domain.ts': withMetadata(`{ inputs: { yPred: { shape: [8, 4], domain: 'probabilty' }, yTrue: {} } }`),
    },
    target: 'meta/domain.ts',
    id: 'meta/domain.ts#default',
    exit: 2,
    code: 'invalid-metadata',
    says: ['losscheck.inputs.yPred.domain', 'found "probabilty"', 'one-hot', 'did you mean "probability"?'],
  },
  {
    name: 'a field that does not exist',
    files: { 'meta/field.ts': withMetadata(`{ input: { yPred: { shape: [8, 4] } } }`) },
    target: 'meta/field.ts',
    id: 'meta/field.ts#default',
    exit: 2,
    code: 'invalid-metadata',
    says: ['losscheck.input', 'did you mean "inputs"?'],
  },
  {
    name: 'a shape that is no array of whole numbers',
    files: { 'meta/shape.ts': withMetadata(`{ inputs: { yPred: { shape: [8, 0.5] }, yTrue: {} } }`) },
    target: 'meta/shape.ts',
    id: 'meta/shape.ts#default',
    exit: 2,
    code: 'invalid-metadata',
    says: ['losscheck.inputs.yPred.shape', 'found 0.5', 'a whole number of at least 1'],
  },
  {
    name: 'an allowance without a reason',
    files: { 'meta/allow.ts': withMetadata(`{ allow: [{ check: 'gradient-match' }] }`) },
    target: 'meta/allow.ts',
    id: 'meta/allow.ts#default',
    exit: 2,
    code: 'invalid-metadata',
    says: ['losscheck.allow[0].reason', 'a reason in words'],
  },
  {
    name: 'an allowance for a check that does not exist',
    files: { 'meta/check.ts': withMetadata(`{ allow: [{ check: 'gradient-mach', reason: 'straight-through' }] }`) },
    target: 'meta/check.ts',
    id: 'meta/check.ts#default',
    exit: 2,
    code: 'invalid-metadata',
    says: ['losscheck.allow[0].check', 'gradient-mach', 'gradient-match'],
  },
  {
    name: 'a wrong role in defineLoss',
    files: {
      'meta/defined.ts': `${IMPORT}import { defineLoss } from 'losscheck';
export const mine = defineLoss({
  inputs: { yPred: { role: 'predicton' }, yTrue: {} },
  loss: (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.square(tf.sub(yPred, yTrue))),
});
`,
    },
    target: 'meta/defined.ts',
    id: 'meta/defined.ts#mine',
    exit: 2,
    code: 'invalid-metadata',
    says: ['inputs.yPred.role', 'found "predicton"', 'did you mean "prediction"?'],
  },
  {
    name: 'an edge point that does not fit its input',
    files: {
      'meta/edge.ts': `${GOOD}${DECLARED.replace('inputs:', 'edges: [{ yPred: [[1, 2], [3]], yTrue: [0] }],\n  inputs:')}`,
    },
    target: 'meta/edge.ts',
    id: 'meta/edge.ts#default',
    exit: 2,
    code: 'invalid-metadata',
    says: ['losscheck.edges[0].yPred'],
  },
  {
    name: 'metadata for an export that does not exist',
    files: {
      'meta/keyed.ts': `${IMPORT}${squaredError('focal')}export const losscheck = { focl: { expect: { nonNegative: true } } };\n`,
    },
    target: 'meta/keyed.ts',
    id: 'meta/keyed.ts',
    passed: 1,
    exit: 2,
    code: 'invalid-metadata',
    says: ['focl', 'focal'],
  },
];

async function expectEntry(wrong: Wrong): Promise<void> {
  workspace.write(wrong.files ?? {});
  const [table, json] = await Promise.all([
    workspace.losscheck(['verify', wrong.target]),
    workspace.losscheck(['verify', wrong.target, '--reporter', 'json']),
  ]);
  for (const ran of [table, json]) {
    expectCivil(ran);
    expect([ran.code, ran.stderr]).toEqual([wrong.exit, '']);
  }
  expect(table.stdout).toContain(`✗ ${wrong.code}`);
  expect(table.stdout).toMatch(/^ {2}fix +\S/m);

  const report = reportOf(json);
  expect(report.exitCode).toBe(wrong.exit);
  expect(report.summary).toMatchObject({ passed: wrong.passed ?? 0, failed: 0, errors: 1 });
  const entry = entryOf(report, wrong.id ?? wrong.target);
  expect(entry.verdict).toBe('error');
  const finding = findingOf(entry, wrong.code);
  for (const said of wrong.says) {
    const expected = typeof said === 'string' ? expect.stringContaining(said) : expect.stringMatching(said);
    expect(`${finding.message} ${finding.fix}`).toEqual(expected);
    expect(words(table.stdout)).toEqual(expected);
  }
  // Reports are shared: they must not name the folders of one machine.
  expect(json.stdout).not.toContain(workspace.folder);
  if (wrong.at !== undefined) {
    expect(`${finding.location?.file}:${finding.location?.line}`).toBe(wrong.at);
    expect(table.stdout).toContain(`${wrong.at}:`);
    expect(table.stdout).toMatch(/^ {2}> +\d+ \|/m);
  }
}

describe('a target that cannot be loaded', () => {
  it.each(COULD_NOT_LOAD)('$name', expectEntry);

  it('says of a link that leads nowhere where it leads', async () => {
    symlinkSync('gone.ts', workspace.path('dangling.ts'));
    const ran = await workspace.losscheck(['verify', 'dangling.ts', '--reporter', 'json']);
    expectCivil(ran);
    expect(ran.code).toBe(3);
    const { message } = findingOf(entryOf(reportOf(ran), 'dangling.ts'), 'file-not-found');
    expect(message).not.toContain('did you mean dangling.ts');
    expect(message).toContain('gone.ts');
  });
});

describe('wrong metadata', () => {
  it.each(WRONG_METADATA)('$name', expectEntry);
});

const NOT_A_SCALAR = [
  { name: 'a number', body: 'return yPred.dataSync()[0];', code: 'returned-number', says: 'not a tensor', line: 3 },
  {
    name: 'a Promise',
    body: 'return Promise.resolve(tf.mean(tf.sub(yPred, yTrue)));',
    code: 'returned-promise',
    says: 'a Promise',
    line: null,
  },
  {
    name: 'undefined',
    body: 'tf.mean(tf.sub(yPred, yTrue));',
    code: 'returned-nothing',
    says: 'returned undefined',
    line: null,
  },
  {
    name: 'a plain array',
    body: 'return [1, 2, 3];',
    code: 'returned-other',
    says: 'accepted are a scalar tensor',
    line: null,
  },
];

describe('a loss that returns something else than a scalar', () => {
  it.each(NOT_A_SCALAR)('$name fails with exit code 1', async ({ name, body, code, says, line }) => {
    const file = `returns-${name.replaceAll(' ', '-')}.ts`;
    workspace.write({ [file]: IMPORT + lossOf('default', body) });
    const [table, json] = await Promise.all([
      workspace.losscheck(['verify', file]),
      workspace.losscheck(['verify', file, '--reporter', 'json']),
    ]);
    for (const ran of [table, json]) {
      expectCivil(ran);
      expect([ran.code, ran.stderr]).toEqual([1, '']);
    }
    expect(table.stdout).toContain(`✗ ${code}`);
    const entry = entryOf(reportOf(json), `${file}#default`);
    expect(entry.verdict).toBe('fail');
    const finding = findingOf(entry, code);
    expect(finding.message).toContain(says);
    if (line !== null) expect(finding.location).toMatchObject({ file, line });
  });

  it.each(NOT_A_SCALAR)('$name cannot be evaluated either', async ({ name, body }) => {
    const file = `eval-${name.replaceAll(' ', '-')}.ts`;
    workspace.write({ [file]: IMPORT + lossOf('default', body) });
    const ran = await workspace.losscheck(['eval', file, '--input', 'yPred=[1,2]', '--input', 'yTrue=[1,2]']);
    expectCivil(ran);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toMatch(/^error: the loss returned /);
    expect(ran.stderr).toMatch(/^ {2}fix: /m);
  });
});

interface Ending {
  readonly name: string;
  readonly body: string;
  readonly code: string;
  readonly says: RegExp;
}

const ENDLESS: Ending = {
  name: 'a loop that never ends',
  body: 'for (;;);',
  code: 'timeout',
  says: /stopped after 2 s/,
};
const CRASHES: readonly Ending[] = [
  { name: 'process.exit(0)', body: 'process.exit(0);', code: 'crashed', says: /exit code 0|process\.exit/ },
  { name: 'process.exit(1)', body: 'process.exit(1);', code: 'crashed', says: /exit code 1|process\.exit/ },
  {
    name: 'a kill from inside',
    body: `process.kill(process.pid, 'SIGKILL');\n  for (;;);`,
    code: 'crashed',
    says: /SIGKILL|process\.kill/,
  },
  {
    name: 'a rejected promise that nobody handles',
    body: `void Promise.reject(new Error('the cache is gone'));\n  return tf.mean(tf.square(tf.sub(yPred, yTrue)));`,
    code: 'crashed',
    says: /the cache is gone/,
  },
];

/** The first loss ends its process; the second is right. Each process says its number. */
function endingModule({ body }: Ending): string {
  return `${IMPORT}console.log('pid ' + process.pid);\n${lossOf('ending', body)}${squaredError('right')}`;
}

describe('a loss that ends its process', () => {
  it.each([ENDLESS, ...CRASHES])('$name: exit code 4, and the next loss is still verified', async (ending) => {
    workspace.write({ 'ending.ts': endingModule(ending) });
    const json = await workspace.losscheck(['verify', 'ending.ts', '--timeout', '2', '--reporter', 'json']);
    expectCivil(json);
    expect(json.code).toBe(4);
    const report = reportOf(json);
    expect(report.summary).toMatchObject({ losses: 2, passed: 1, errors: 1 });
    expect(entryOf(report, 'ending.ts#right').verdict).toBe('pass');
    const finding = findingOf(entryOf(report, 'ending.ts#ending'), ending.code);
    expect(`${finding.message} ${finding.fix}`).toMatch(ending.says);
    const started = [...new Set([...json.stderr.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid)))];
    expect(started.length).toBeGreaterThanOrEqual(2);
    expect(started.filter(isAlive)).toEqual([]);
  });

  it('shows it in the table', async () => {
    workspace.write({ 'table.ts': IMPORT + lossOf('ending', 'for (;;);') + squaredError('right') });
    const ran = await workspace.losscheck(['verify', 'table.ts', '--timeout', '2']);
    expectCivil(ran);
    expect([ran.code, ran.stderr]).toEqual([4, '']);
    expect(ran.stdout).toMatch(/✗ table\.ts#ending +could not be checked/);
    expect(ran.stdout).toContain('✗ timeout');
    expect(ran.stdout).toMatch(/✓ table\.ts#right +passed/);
  });

  it.each([
    { name: 'process.exit(0)', code: 'process.exit(0);', says: /exit code 0|process\.exit/ },
    {
      name: 'a rejected promise that nobody handles',
      code: `void Promise.reject(new Error('the cache is gone'));`,
      says: /the cache is gone/,
    },
    { name: 'an endless loop', code: 'for (;;);', says: /stopped after 2 s/ },
  ])('$name while the module is imported: exit code 4', async ({ code, says }) => {
    workspace.write({ 'at-import.ts': `${IMPORT}${code}\n${squaredError()}` });
    const ran = await workspace.losscheck(['verify', 'at-import.ts', '--timeout', '2', '--reporter', 'json']);
    expectCivil(ran);
    expect(ran.code).toBe(4);
    const report = reportOf(ran);
    expect(report.summary).toMatchObject({ passed: 0, errors: 1 });
    const [finding] = report.losses[0]?.findings ?? [];
    expect(`${finding?.message} ${finding?.fix}`).toMatch(says);
  });

  it.each([ENDLESS, ...CRASHES.slice(0, 2)])('$name: eval exits 4 as well', async (ending) => {
    workspace.write({ 'eval-ending.ts': IMPORT + lossOf('default', ending.body) });
    const argv = ['eval', 'eval-ending.ts', '--timeout', '2', '--input', 'yPred=[1,2]', '--input', 'yTrue=[1,2]'];
    const ran = await workspace.losscheck(argv);
    expectCivil(ran);
    expect([ran.code, ran.stdout]).toEqual([4, '']);
    expect(ran.stderr).toMatch(/^error: /);
  });

  it('cannot pass by ending the program itself, without isolation', async () => {
    workspace.write({ 'in-process.ts': IMPORT + lossOf('default', 'process.exit(0);') });
    const ran = await workspace.losscheck(['verify', 'in-process.ts', '--isolate', 'off', '--reporter', 'json']);
    expectCivil(ran);
    expect(ran.code).toBe(4);
    findingOf(entryOf(reportOf(ran), 'in-process.ts#default'), 'crashed');
  });
});

describe('a wrong point for eval', () => {
  beforeAll(() => {
    workspace.write({
      'mine.ts': GOOD,
      'ragged.json': '{ "yPred": [[1, 2], [3]], "yTrue": [[1, 2], [3, 4]] }',
      'broken.json': '{ "yPred": [1, 2',
    });
  });

  it.each([
    {
      name: 'shapes that do not fit each other, built in',
      argv: ['mse', '--input', 'yPred=[1,2,3]', '--input', 'yTrue=[1,2]'],
      says: /yPred \[3\], yTrue \[2\]/,
    },
    {
      name: "shapes that do not fit each other, of one's own",
      argv: ['mine.ts', '--input', 'yPred=[1,2,3]', '--input', 'yTrue=[1,2]'],
      says: /yPred \[3\], yTrue \[2\]/,
    },
    {
      name: 'ragged rows',
      argv: ['mse', '--input', 'yPred=[[1,2],[3]]', '--input', 'yTrue=[[1,2],[3,4]]'],
      says: /yPred.*rows of different lengths/,
    },
    {
      name: 'ragged rows in a file',
      argv: ['mse', '--inputs', 'ragged.json'],
      says: /yPred.*rows of different lengths/,
    },
    { name: 'a file that is no JSON', argv: ['mse', '--inputs', 'broken.json'], says: /broken\.json/ },
    { name: 'a file that does not exist', argv: ['mse', '--inputs', 'gone.json'], says: /'gone\.json' cannot be read/ },
    { name: 'an input left out', argv: ['mse', '--input', 'yPred=[1,2]'], says: /no value for the input 'yTrue'/ },
    {
      name: 'an input that the loss does not have',
      argv: ['mine.ts', '--input', 'pred=[1]', '--input', 'yTrue=[1]'],
      says: /no input 'pred', expected yPred, yTrue/,
    },
    {
      name: 'a class index that is no whole number',
      argv: ['sparse-cross-entropy', '--input', 'logits=[[1,2]]', '--input', 'yTrue=[0.5]'],
      says: /0\.5.*whole numbers/,
    },
    {
      name: 'no numbers at all',
      argv: ['mse', '--input', 'yPred=[]', '--input', 'yTrue=[]'],
      says: /yPred.*(empty|no numbers)/,
    },
  ])('$name', async ({ argv, says }) => {
    const ran = await workspace.losscheck(['eval', ...argv]);
    expectCivil(ran);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error: /);
    expect(ran.stderr).toMatch(says);
  });

  it('names a file that does not exist, and exits 3', async () => {
    const ran = await workspace.losscheck(['eval', 'mien.ts', '--input', 'yPred=[1]', '--input', 'yTrue=[1]']);
    expectCivil(ran);
    expect([ran.code, ran.stdout]).toEqual([3, '']);
    expect(ran.stderr).toContain('did you mean mine.ts?');
  });
});

describe('an unusual but right module', () => {
  it.each(['on', 'off'])('keeps stdout for the report when the module prints a lot, isolation %s', async (isolate) => {
    const noise = `for (let i = 0; i < 3000; i++) {\n  console.log('noise', i);\n  process.stdout.write('more noise\\n');\n}\n`;
    const chatty = lossOf('default', `console.log('called');\n  return tf.mean(tf.square(tf.sub(yPred, yTrue)));`);
    workspace.write({ 'noisy.ts': IMPORT + noise + chatty + DECLARED });
    const ran = await workspace.losscheck(['verify', 'noisy.ts', '--reporter', 'json', '--isolate', isolate]);
    expectCivil(ran);
    expect(ran.code).toBe(0);
    expect(reportOf(ran).summary.passed).toBe(1);
    expect(ran.stderr).toContain('noise 2999');
    expect(ran.stderr).toContain('more noise');
    expect(ran.stderr).toContain('called');
  });

  it('passes over a default export that is no loss', async () => {
    workspace.write({ 'config.ts': `${IMPORT}export default { optimizer: 'adam' };\n${squaredError('mse')}` });
    const ran = await workspace.losscheck(['verify', 'config.ts', '--reporter', 'json']);
    expectCivil(ran);
    expect(ran.code).toBe(0);
    expect(reportOf(ran).losses.map(({ id }) => id)).toEqual(['config.ts#mse']);
  });

  it('blames the right line in a file with a byte order mark and Windows line ends', async () => {
    const source = `${IMPORT}\n${lossOf('default', 'const d = tf.sub(yPred, yTrue);\n  return tf.square(d);')}`;
    workspace.write({ 'windows.ts': `\uFEFF${source.replaceAll('\n', '\r\n')}` });
    const [table, json] = await Promise.all([
      workspace.losscheck(['verify', 'windows.ts']),
      workspace.losscheck(['verify', 'windows.ts', '--reporter', 'json']),
    ]);
    expectCivil(table);
    expect(table.stdout).not.toMatch(/[\r\uFEFF]/);
    expect(json.code).toBe(1);
    const { location } = findingOf(entryOf(reportOf(json), 'windows.ts#default'), 'not-scalar');
    expect(location).toMatchObject({ file: 'windows.ts', line: 5, column: 13, op: 'Square' });
    expect(location?.frame?.lines.join('')).not.toMatch(/[\r\uFEFF]/);
  });

  it('takes names with spaces and letters of any script', async () => {
    const file = 'my losses/größe 日本/verlust é 🙂.ts';
    workspace.write({ [file]: IMPORT + squaredError() });
    const [named, folder] = await Promise.all([
      workspace.losscheck(['verify', file, '--reporter', 'json']),
      workspace.losscheck(['verify', 'my losses', '--reporter', 'json']),
    ]);
    for (const ran of [named, folder]) {
      expectCivil(ran);
      expect(ran.code).toBe(0);
      expect(entryOf(reportOf(ran), `${file}#default`).file).toBe(file);
    }
  });

  it('follows a link, and checks a file reached twice only once', async () => {
    workspace.write({ 'linked/real.ts': GOOD });
    symlinkSync('real.ts', workspace.path('linked/link.ts'));
    const ran = await workspace.losscheck(['verify', 'linked/link.ts', '--reporter', 'json']);
    expectCivil(ran);
    expect([ran.code, reportOf(ran).losses.map(({ id }) => id)]).toEqual([0, ['linked/link.ts#default']]);
    const both = await workspace.losscheck([
      'verify',
      'linked/real.ts',
      'linked/link.ts',
      'linked',
      '--reporter',
      'json',
    ]);
    expect([both.code, reportOf(both).losses.map(({ id }) => id)]).toEqual([0, ['linked/real.ts#default']]);
  });

  it('goes on with the other targets when one cannot be loaded', async () => {
    workspace.write({ 'several/good.ts': GOOD, 'several/broken.ts': 'export default (' });
    const ran = await workspace.losscheck([
      'verify',
      'several/broken.ts',
      'several/good.ts',
      'hubber',
      '--reporter',
      'json',
    ]);
    expectCivil(ran);
    const report = reportOf(ran);
    expect([ran.code, report.summary.passed, report.summary.errors]).toEqual([3, 1, 2]);
  });
});
