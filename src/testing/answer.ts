import { LoadError, UsageError } from '../contracts/errors.ts';
import type { LossReport, Report } from '../contracts/report.ts';
import { formatLocation } from '../reporters/frame.ts';
import { problemsOf, type Problem } from '../reporters/problems.ts';
import { clean, count, hang } from '../reporters/text.ts';
import { checkUnits } from '../run/check-units.ts';
import { verifyWith } from '../run/verify.ts';
import type { Answer, Question } from './messages.ts';

/** Checks what a test asks about. Everything that a person can mend is an answer; the rest is thrown. */
export async function answer({ options, place }: Question): Promise<Answer> {
  try {
    const report = await verifyWith(
      (units, ...run) =>
        checkUnits(
          units.map((unit) => (unit.kind !== 'file' || place === null ? unit : { ...unit, module: async () => ({ ...(await unit.module()), place }) })),
          ...run,
        ),
      options,
      () => {},
    );
    return { verdict: verdictOf(report), message: describe(report) };
  } catch (error) {
    if (error instanceof UsageError) return { verdict: null, message: [error.message, ...(error.hint === null ? [] : [error.hint])].join('\n') };
    if (error instanceof LoadError) return { verdict: null, message: `${error.message}\n${error.fix}` };
    throw error;
  }
}

/** As wide as test runners show messages. */
const WIDTH = 80;

/** A loss that fails decides; without one, what could not be checked is not a pass. */
function verdictOf({ losses, exitCode }: Report): Answer['verdict'] {
  if (losses.some(({ verdict }) => verdict === 'error')) return null;
  if (losses.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return exitCode === 0 ? 'pass' : null;
}

function describe({ losses, seed }: Report): string {
  const bad = losses.filter(({ verdict }) => verdict !== 'pass');
  if (bad.length === 0) return losses.map((loss) => `${clean(loss.id)} passed losscheck: ${describeChecks(loss)}, seed ${seed}`).join('\n');
  const problems = problemsOf({ losses: bad }).filter(({ level }) => level === 'failure');
  const heads = bad.map((loss) => `${clean(loss.id)} ${WORDS[loss.verdict]}`);
  return [...heads, ...problems.map((problem) => `\n${describeProblem(problem)}`)].join('\n');
}

const WORDS = {
  pass: 'passed losscheck',
  fail: 'does not pass losscheck',
  inconclusive: 'could not be decided by losscheck',
  error: 'could not be checked by losscheck',
} as const;

function describeChecks({ checks }: LossReport): string {
  const passed = checks.filter(({ status }) => status === 'pass').length;
  const others = checks.length - passed;
  return `${count(passed, 'check')} passed${others === 0 ? '' : `, ${others} skipped or with a warning`}`;
}

function describeProblem({ code, title, message, location, fix, replay, check }: Problem): string {
  return [
    ...hang(`✗ ${code}  `, clean(title), WIDTH),
    ...(check === null ? [] : [`  found by ${check.id}`]),
    ...hang('  ', clean(message), WIDTH),
    ...(location === null ? [] : [`  ${formatLocation(location)}`]),
    ...hang('  fix     ', clean(fix), WIDTH),
    `  replay  ${clean(replay)}`,
  ].join('\n');
}
