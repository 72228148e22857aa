import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJunit } from '../../src/reporters/junit.ts';
import { clean } from '../../src/reporters/text.ts';
import { renderXml } from '../../src/reporters/xml.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { complaintsOfJunit, readJunit, unescapeXml } from './formats.ts';
import { PLAIN } from './options.ts';
import { check, finding, loss, report } from './sample-report.ts';

describe('renderJunit', () => {
  it('has a suite for each loss and a test for each check', () => {
    expect(renderJunit(typicalReport(), PLAIN)).toMatchSnapshot();
  });

  it('is valid, whatever the report holds', async () => {
    const documents = [typicalReport(), oddReport(), report([])].flatMap((each) => [renderJunit(each, PLAIN), renderJunit(each, { ...PLAIN, verbose: true, quiet: true })]);
    expect(await complaintsOfJunit(...documents)).toEqual([]);
  });

  it('would not be valid with an attribute that the schema does not know', async () => {
    const wrong = renderJunit(typicalReport(), PLAIN).replace('<testcase ', '<testcase file="myloss.ts" ');
    expect(await complaintsOfJunit(wrong)).toEqual([expect.stringContaining("The attribute 'file' is not allowed")]);
  });

  it('names the engines that were compared, and stays valid', async () => {
    const { engines } = report([]);
    const all = { ...engines, others: [{ ...engines.production, backend: 'wasm' as const }], unavailable: [{ backend: 'tensorflow' as const, reason: 'no <native> library' }] };
    const xml = renderJunit(report([loss()], { engines: all }), PLAIN);
    expect(xml).toContain('<property name="others" value="float32 on wasm"/>');
    expect(xml).toContain('name="unavailable" value="tensorflow: no &lt;native');
    expect(await complaintsOfJunit(xml)).toEqual([]);
  });

  it('counts what it holds', () => {
    const xml = renderJunit(typicalReport(), PLAIN);
    const amount = (tag: string) => xml.split(`<${tag}`).length - 1;
    const [, tests, failures, errors] = /^<testsuites name="losscheck" tests="(\d+)" failures="(\d+)" errors="(\d+)"/m.exec(xml) ?? [];
    expect([tests, failures, errors].map(Number)).toEqual([amount('testcase'), amount('failure'), amount('error')]);
    expect([amount('failure'), amount('error')]).toEqual([2, 2]);
  });

  it('never shows a check that could not decide as a pass', () => {
    const open = check({ id: 'precision', status: 'inconclusive', summary: 'too noisy', undecided: { fingerprint: 'f', replay: 'losscheck verify a.ts', required: true, accepted: null } });
    const failing = renderJunit(report([loss({ verdict: 'inconclusive', checks: [open] })]), PLAIN);
    expect(failing).toContain('<failure type="inconclusive" message="precision could not decide: too noisy">');
    const beside = renderJunit(report([loss({ verdict: 'pass', checks: [open] })]), PLAIN);
    expect(beside).toContain('<skipped message="could not decide: too noisy"/>');
  });

  it('tells every failure of a check in one element', () => {
    const findings = [finding(), finding({ code: 'discontinuous', message: 'The loss jumps.', location: null })];
    const [text, ...more] = readJunit(renderJunit(report([loss({ verdict: 'fail', checks: [check({ status: 'fail', findings })] })]), PLAIN));
    expect(more).toEqual([]);
    expect(text).toContain('gradient-mismatch: The gradient is wrong');
    expect(text).toContain('discontinuous: The loss jumps.');
  });
});

describe('renderXml', () => {
  const anyText = fc.string({ unit: 'binary' });

  it('gives back every text that XML can hold, in attributes and elements', () => {
    fc.assert(
      fc.property(anyText, anyText, (value, content) => {
        const xml = renderXml({ name: 'a', attributes: { value }, content });
        const [, attribute = '', text = ''] = /^<a value="([^"<]*)">([^<]*)<\/a>$/m.exec(xml) ?? [];
        expect([unescapeXml(attribute), unescapeXml(text)]).toEqual([clean(value), clean(content)]);
        // oxlint-disable-next-line no-control-regex -- these are what XML 1.0 forbids
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Cs}/u);
      }),
    );
  });

  it('is read by a parser as it was meant', async () => {
    const texts = fc.sample(anyText, { numRuns: 200, seed: 1 });
    const documents = texts.map((text) => renderXml({ name: 'testsuites', attributes: { name: text }, content: [{ name: 'testsuite', attributes: { name: text, tests: 1, failures: 1, errors: 0, skipped: 0 }, content: [{ name: 'testcase', attributes: { classname: text, name: text, time: '0.000' }, content: [{ name: 'failure', attributes: { type: text, message: text }, content: text }] }] }] }));
    expect(await complaintsOfJunit(...documents)).toEqual([]);
  });
});
