import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coordinates, drawnLoss, manyLosses } from '../sample-evidence.ts';
import { check, failingLoss, finding, loss, report, unloadableLoss } from '../sample-report.ts';
import { bodyOf, render } from './render.ts';

/** Texts that mean something to a browser. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '<!--<script>',
    '"><img src=x onerror=alert(1)>',
    `' onmouseover='alert(1)`,
    '</style><b>',
    '&lt;b&gt;',
    '\ud800',
    '\udc00x',
    '\u0000\u001b[31m',
    '\u202ereversed',
    '${1}`',
  ),
);

function named(text: string) {
  const blamed = finding({
    message: text,
    why: text,
    fix: text,
    replay: text,
    eval: text,
    code: text,
    title: text,
    allowed: null,
    data: { [text]: text, input: text, point: { [text]: [1] } },
    location: { file: text, line: 2, column: 3, op: text, frame: { startLine: 1, lines: [text, text, text] } },
  });
  return report(
    [
      failingLoss({
        id: text,
        name: text,
        file: text,
        notes: [text],
        inputs: [{ name: text, role: 'prediction', shape: [2], domain: text, inferred: true }],
        checks: [
          check({ id: text, status: 'fail', summary: text, metrics: { [text]: 1 }, findings: [blamed] }),
          ...drawnLoss().checks.map((each) => ({
            ...each,
            evidence: each.evidence?.map((seen) => {
              if ('input' in seen) return { ...seen, input: text, at: text };
              return seen.kind === 'terms' ? { ...seen, names: [text, text, text] } : seen;
            }),
          })),
        ].map(({ evidence, ...rest }) => (evidence === undefined ? rest : { ...rest, evidence })),
        source: { startLine: 1, lines: [text, text] },
      }),
      loss(),
    ],
    { config: text, baseline: { file: text, known: 1, stale: [{ loss: text, check: text, code: text, fingerprint: '0' }] } },
  );
}

/** Tags and attributes of a page, without any text. */
function skeleton(page: string): string[] {
  return [...bodyOf(page).matchAll(/<\/?[a-z][^>]*>/gi)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}

describe('a page made of hostile text', () => {
  it('names the engines that were compared, and why others were not', () => {
    const { engines } = report([]);
    const page = bodyOf(render(report([loss()], { engines: { ...engines, others: [{ ...engines.production, backend: 'wasm', fallbackReason: null }], unavailable: [{ backend: 'tensorflow', reason: 'no <native> library' }] } })));
    expect(page).toContain('float32 on wasm, tfjs 4.22.0');
    expect(page).toContain('tensorflow (no &lt;native&gt; library)');
  });

  const harmless = new Set(skeleton(render(named('x'))));

  it('has no tags or attributes but those of one made of harmless text', () => {
    fc.assert(
      fc.property(
        hostile.filter((text) => text.trim() !== ''),
        (text) => {
          expect(skeleton(render(named(text))).filter((tag) => !harmless.has(tag))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is well-formed UTF-16 without control characters', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const body = bodyOf(render(named(text))).replaceAll('\n', '');
        expect(body).not.toMatch(/[\p{Surrogate}\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: 100 },
    );
  });

  it('has two scripts that run or end in it: data, and its own', () => {
    const page = render(named('</script><script>alert(1)</script><!--<script>'));
    const opened = [...page.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    expect(opened.filter((tag) => tag === '<script>')).toHaveLength(1);
    expect(opened.filter((tag) => tag !== '<script>' && tag !== '<script type="application/json">')).toEqual([]);
    expect([...page.matchAll(/<\/script/g)]).toHaveLength(opened.length);
    expect(bodyOf(page)).not.toContain('<!--');
  });
});

describe('renderHtml', () => {
  it('gives the same page for the same report, whatever the run took', () => {
    const slow = report([drawnLoss({ durationMs: 1 }), loss({ cached: true })]);
    const fast = report([drawnLoss({ durationMs: 999 }), loss()]);
    expect(render(slow)).toBe(render(fast));
  });

  it('names no address that a browser could ask', () => {
    expect(bodyOf(render(report(manyLosses(4))))).not.toMatch(/https?:|\bsrc=|@import|url\(/);
    expect(render(report([drawnLoss()]))).not.toMatch(/<(?:link|img|iframe|object)\b|@import|url\(/);
  });

  it('allows its own script and style, and nothing else', () => {
    const page = render(report([drawnLoss()]));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', `'`) ?? '';
    const between = (tag: string) => page.slice(page.lastIndexOf(`<${tag}>`) + tag.length + 2, page.lastIndexOf(`</${tag}>`));
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy.split('; ')).toEqual([
      `default-src 'none'`,
      `script-src ${hash(between('script'))}`,
      `style-src ${hash(between('style'))}`,
      `base-uri 'none'`,
      `form-action 'none'`,
    ]);
    expect(bodyOf(page)).not.toMatch(/ style="| on\w+="/);
  });

  it('stays small: the page itself, a loss with every picture, and an input of 4096 numbers', () => {
    const empty = render(report([loss()])).length;
    const drawn = render(report([drawnLoss()])).length;
    const positions = Array.from({ length: 4096 }, (_, at) => at);
    const noisy = positions.map((at) => Math.sin(at) / 3);
    const large = coordinates({ shape: [64, 64], positions, compared: 4096, analytic: noisy, numeric: noisy, relativeErrors: noisy.map(Math.abs), errorBounds: noisy });
    const huge = render(report([drawnLoss({ checks: [check({ evidence: [large] })] })])).length;
    expect(empty).toBeLessThan(100_000);
    expect(drawn - empty).toBeLessThan(50_000);
    expect(huge - empty).toBeLessThan(350_000);
  });

  it('tells failures first and open, and folds what passed', () => {
    const page = bodyOf(render(report([loss({ id: 'good' }), failingLoss({ id: 'bad' }), unloadableLoss()])));
    const losses = [...page.matchAll(/<details class="loss (\w+)" id="([^"]*)" data-state="\w+"( open)?>/g)];
    expect(losses.map(([, state, id, open]) => [state, id, open !== undefined])).toEqual([
      ['error', 'loss-3', true],
      ['fail', 'loss-2', true],
      ['pass', 'loss-1', false],
    ]);
  });

  it('gives each problem its message, place, fix and commands', () => {
    const page = bodyOf(render(report([failingLoss()])));
    const { message, why, fix, replay } = finding();
    for (const text of [message, why, fix, replay, 'losscheck explain gradient-mismatch', 'myloss.ts:14:10 (customGrad)', '<mark>square</mark>']) {
      expect(page).toContain(text);
    }
    expect(page).toContain('losscheck eval myloss.ts --input yPred=&#39;[[1]]&#39;');
  });

  it('says why a check has no picture', () => {
    const page = bodyOf(render(report([loss()])));
    expect(page).toContain('No picture: gradient-match kept no numbers to draw.');
    expect(page).toContain('No picture: term-balance does not apply: the loss returns no components.');
  });

  it('marks blamed lines of the source and links to what blames them', () => {
    const page = bodyOf(render(report([drawnLoss()])));
    const source = page.slice(page.indexOf('<details class="source"'));
    expect(source).toContain('Source, 1 line blamed');
    expect(source).toContain('<a href="#loss-1-problem-1">▲ gradient-mismatch</a>');
    expect([...source.matchAll(/class="line blamed"/g)]).toHaveLength(1);
  });

  it('shows a part of a line too long to read, around the place', () => {
    const line = `${'a'.repeat(5000)};blamed();${'b'.repeat(5000)}`;
    const location = { file: 'myloss.ts', line: 1, column: 5002, op: null, frame: { startLine: 1, lines: [line] } };
    const page = bodyOf(render(report([failingLoss({ checks: [check({ status: 'fail', findings: [finding({ location })] })] })])));
    expect(page).toContain('<mark>blamed</mark>();');
    expect(page).not.toContain('a'.repeat(300));
  });

  it('has something to say of a run without losses', () => {
    const page = bodyOf(render(report([], { changed: { since: 'main', targets: 0, of: 3 } })));
    expect(page).toContain('nothing to check: none of 3 targets has changed since main');
  });
});
