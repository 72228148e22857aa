import type { FindingReport, LossReport, Report } from '../../src/contracts/report.ts';
import { check, failingLoss, finding, loss, passingChecks, report, unloadableLoss } from './sample-report.ts';

/** Hand-made reports that hold one of everything a format has to tell. */

/** Letters that mean something to one format or another. */
const ODD =
  `"quoted" 'single' <b>&amp; ]]> --> a|b \`tick\` \`\`\`\`fence\`\`\`\` ::error file=x::y %0A 100%, a,b;c @someone #12 GH-1 :100: $x$ ` +
  `*bold* _slanted_ ~~gone~~ [link](http://example.org) ![image](x) \\ \u001b[31mred\u001b[0m \u0000\u0008\u009b \ud800 \udc00 \ufffe 👩‍🔬 é \u202eturned`;
const LINES = `${ODD}\n# a heading\n    indented\n- an item\n\`\`\`\n</details>\r\n::error::second line\t${'long '.repeat(400)}`;
const ODD_FILE = 'odd, na:me/100% <a>|b`c`/lo#ss.ts';

const undecided = { fingerprint: 'undecided0000001', replay: 'losscheck verify myloss.ts --check precision --seed 0', required: true, accepted: null };

function withChecks(id: string, checks: LossReport['checks'], changes: Partial<LossReport> = {}): LossReport {
  return loss({ id, name: id, checks: [...passingChecks().slice(0, 2), ...checks], ...changes });
}

function named(id: string, changes: Partial<FindingReport> = {}): FindingReport {
  return finding({ fingerprint: `${id}-fingerprint`, replay: `losscheck verify '${id}' --check gradient-match --seed 0`, ...changes });
}

/** Passes, failures, warnings, inconclusive, accepted, known, notes, load errors and timeouts, in plain words. */
export function typicalReport(): Report {
  const warning = named('warning', { code: 'dominant-term', severity: 'warning', message: 'The term mse is 1200 times l1.', fix: 'Weigh the terms.' });
  return report([
    loss({ id: 'passing.ts#mse', name: 'mse', file: 'passing.ts' }),
    failingLoss({ checks: [...passingChecks().slice(0, 3), check({ status: 'fail', summary: '32 of 32 coordinates are wrong', findings: [named('first'), named('second', { code: 'kink', severity: 'info', message: 'Two kinks.' })] })] }),
    withChecks('warned.ts#sum', [check({ id: 'term-balance', status: 'warn', summary: 'mse drowns l1', findings: [warning] })], { file: 'warned.ts' }),
    withChecks('open.ts#noisy', [check({ id: 'precision', status: 'inconclusive', summary: 'too noisy', undecided })], { file: 'open.ts', verdict: 'inconclusive' }),
    withChecks('allowed.ts#ste', [check({ findings: [named('allowed', { allowed: 'straight-through estimator' })] })], { file: 'allowed.ts' }),
    withChecks('known.ts#old', [check({ findings: [named('known', { allowed: 'known: in the baseline b.json', known: true, location: null })] })], { file: 'known.ts' }),
    unloadableLoss(),
    loss({
      id: 'huber',
      file: null,
      export: null,
      inputs: [],
      verdict: 'error',
      checks: [],
      findings: [finding({ code: 'timeout', message: 'it was stopped after 60 s without an answer', fix: 'Look for a loop.', location: null, data: {}, eval: null, replay: 'losscheck verify huber', fingerprint: 'timeout' })],
    }),
  ]);
}

/** The same with every text as odd as it can get. */
export function oddReport(): Report {
  const location = { file: ODD_FILE, line: 3, column: 2, op: ODD, frame: { startLine: 2, lines: [ODD, '```', '</details>'] } };
  const texts = { message: LINES, why: LINES, fix: LINES, replay: `losscheck verify '${ODD}'`, eval: ODD, location };
  const odd = (id: string, changes: Partial<FindingReport>) => named(id, { ...texts, ...changes });
  return report([
    loss({ id: ODD, name: ODD, file: ODD_FILE, checks: [check({ id: 'gradient-match', summary: LINES, durationMs: 1_234_567.8 })] }),
    withChecks(`${ODD_FILE}#${ODD}`, [check({ status: 'fail', summary: LINES, findings: [odd('odd-failure', {}), odd('own-code', { code: 'a-code: of, their "own"', title: ODD })] })], { file: ODD_FILE, verdict: 'fail' }),
    withChecks('odd-warning', [check({ status: 'warn', summary: ODD, findings: [odd('odd-warning', { severity: 'warning' })] })], { file: null }),
    withChecks('odd-accepted', [check({ findings: [odd('odd-accepted', { allowed: LINES }), odd('odd-known', { allowed: ODD, known: true })] })]),
    withChecks('odd-open', [check({ id: 'precision', status: 'inconclusive', summary: LINES, undecided: { ...undecided, accepted: LINES } })]),
    loss({ id: ODD, file: '../elsewhere/é 1.ts', verdict: 'error', checks: [], findings: [odd('odd-crash', { code: 'crashed', location: null }), odd('again', { code: 'crashed', fingerprint: 'odd-crash-fingerprint' })] }),
    loss({ id: 'C:/windows.ts', file: 'C:/windows.ts', verdict: 'error', checks: [], findings: [odd('windows', { code: 'import-threw', location: null })] }),
    loss({ id: '/outside/of.ts', file: '/outside/of.ts', verdict: 'error', checks: [], findings: [odd('outside', { code: 'import-threw', location: null })] }),
  ], { config: ODD_FILE });
}
