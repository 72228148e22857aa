import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderGithub } from '../../src/reporters/github.ts';
import { clean, oneLine } from '../../src/reporters/text.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { readGithub } from './formats.ts';
import { PLAIN } from './options.ts';
import { check, failingLoss, finding, loss, report } from './sample-report.ts';

function failures(amount: number, severity: 'error' | 'warning' = 'error') {
  const findings = Array.from({ length: amount }, (_, index) => finding({ severity, message: `number ${index}` }));
  return severity === 'error' ? failingLoss({ checks: [check({ status: 'fail', findings })] }) : loss({ checks: [check({ status: 'warn', findings })] });
}

const kindsOf = (text: string) => readGithub(text).map(({ kind }) => kind);

describe('renderGithub', () => {
  it('tells a typical run', () => {
    expect(renderGithub(typicalReport(), PLAIN)).toMatchSnapshot();
  });

  it('writes commands that can be read back, whatever the report holds', () => {
    const commands = readGithub(renderGithub(oddReport(), PLAIN));
    expect(commands.map(({ kind }) => kind)).toEqual(['error', 'error', 'error', 'error', 'error', 'error', 'warning', 'notice', 'notice', 'notice']);
    expect(commands[0]?.properties['file']).toBe('odd, na:me/100% <a>|b`c`/lo#ss.ts');
  });

  it('writes nothing for a run with nothing to tell', () => {
    expect(renderGithub(report([loss()]), PLAIN)).toBe('');
  });

  it('writes at most ten of a kind and counts the others in a last notice', () => {
    const text = renderGithub(report([failures(13), failures(11, 'warning')]), PLAIN);
    expect(kindsOf(text)).toEqual([...Array<string>(10).fill('error'), ...Array<string>(10).fill('warning'), 'notice']);
    expect(readGithub(text).at(-1)?.message).toBe('3 errors, 1 warning more than GitHub shows for one step; the report of losscheck has all of them');
    expect(kindsOf(renderGithub(report([failures(10)]), PLAIN))).toHaveLength(10);
  });

  it('keeps a place among ten notices for the last one', () => {
    const accepted = loss({ checks: [check({ findings: Array.from({ length: 10 }, () => finding({ allowed: 'known' })) })] });
    expect(kindsOf(renderGithub(report([accepted]), PLAIN))).toHaveLength(10);
    const text = renderGithub(report([accepted, failures(11)]), PLAIN);
    expect(kindsOf(text).filter((kind) => kind === 'notice')).toHaveLength(10);
    expect(readGithub(text).at(-1)?.message).toMatch(/^1 error, 1 notice more/);
  });

  it('gives places relative to the repository, and none for a built-in loss', () => {
    const builtIn = loss({ id: 'huber', file: null, verdict: 'error', checks: [], findings: [finding({ location: null })] });
    const [first, second] = readGithub(renderGithub(report([failingLoss(), builtIn]), { ...PLAIN, root: 'packages/a/' }));
    expect(first?.properties).toMatchObject({ file: 'packages/a/myloss.ts', line: '14', col: '10' });
    expect(Object.keys(second?.properties ?? {})).toEqual(['title']);
  });

  it('tells any text as it is', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(anyText, anyText, (message, title) => {
        const sample = report([failingLoss({ checks: [check({ status: 'fail', findings: [finding({ code: 'own', title, message })] })] })]);
        const [command, ...more] = readGithub(renderGithub(sample, PLAIN));
        expect(more).toEqual([]);
        expect(command?.properties['title']).toBe(`own: ${oneLine(title)}`);
        expect(command?.message.startsWith(`${clean(message)}\nLoss: `)).toBe(true);
      }),
    );
  });
});
