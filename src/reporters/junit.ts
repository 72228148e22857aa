import type { CheckReport, LossReport, Report, ReporterOptions } from '../contracts/report.ts';
import { detailsOf } from './details.ts';
import { problemsOfLoss, type Problem } from './problems.ts';
import { isTold } from './selection.ts';
import { clean } from './text.ts';
import { describeEngine, describeNotes } from './totals.ts';
import { renderXml, type XmlElement } from './xml.ts';

/** The test that stands for a loss that could not be checked at all. */
const WHOLE_RUN = 'run';

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
}

interface Suite extends Counts {
  readonly element: XmlElement;
}

interface Test {
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  readonly element: XmlElement;
}

/**
 * JUnit XML: a suite a loss, a test a check. A failed check is a failure, a loss that could not be checked an
 * error; a check that could not decide is never a pass: where it does not fail the loss, it is skipped.
 * Warnings and accepted findings stand in `system-out`.
 *
 * Valid for the schema that Jenkins' xUnit plugin checks against, which derives from the one of Maven Surefire:
 * a test has no attribute `file` there, so the suite has it.
 */
export function renderJunit(report: Report, options: ReporterOptions): string {
  const suites = report.losses.map((loss) => renderSuite(loss, report, options));
  const total = (count: keyof Counts) => suites.reduce((sum, suite) => sum + suite[count], 0);
  const durationMs = report.losses.reduce((sum, loss) => sum + loss.durationMs, 0);
  const attributes = { name: 'losscheck', tests: total('tests'), failures: total('failures'), errors: total('errors'), time: seconds(durationMs) };
  return renderXml({ name: 'testsuites', attributes, content: suites.map(({ element }) => element) });
}

function renderSuite(loss: LossReport, report: Report, options: ReporterOptions): Suite {
  const problems = problemsOfLoss(loss);
  const whole = problems.filter(({ check }) => check === null);
  const tests = [
    ...(whole.length === 0 ? [] : [renderWhole(loss, whole)]),
    ...loss.checks.map((check) => renderTest(loss, check, problems.filter((problem) => problem.check === check), options)),
  ];
  const amount = (outcome: Test['outcome']) => tests.filter((test) => test.outcome === outcome).length;
  const counts = { tests: tests.length, failures: amount('failed'), errors: amount('error') };
  const file = loss.file === null ? {} : { file: loss.file };
  const attributes = { name: loss.id, ...counts, skipped: amount('skipped'), time: seconds(loss.durationMs), ...file };
  const content = [renderProperties(report), ...tests.map(({ element }) => element)];
  return { ...counts, element: { name: 'testsuite', attributes, content } };
}

function renderProperties({ tool, seed, engines, isolation }: Report): XmlElement {
  const properties = {
    losscheck: tool.version,
    seed: String(seed),
    reference: describeEngine(engines.reference),
    production: describeEngine(engines.production),
    ...(engines.others === undefined ? {} : { others: engines.others.map(describeEngine).join(', ') }),
    ...(engines.unavailable === undefined ? {} : { unavailable: engines.unavailable.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ') }),
    ...(isolation === undefined ? {} : { isolation }),
  };
  const notes = describeNotes({ engines }).map((value): [string, string] => ['installation', value]);
  const content = [...Object.entries(properties), ...notes].map(([name, value]) => ({ name: 'property', attributes: { name, value } }));
  return { name: 'properties', content };
}

function renderWhole(loss: LossReport, problems: readonly Problem[]): Test {
  const attributes = { classname: loss.id, name: WHOLE_RUN, time: seconds(loss.durationMs) };
  return { outcome: 'error', element: { name: 'testcase', attributes, content: [renderProblems('error', problems)] } };
}

function renderTest(loss: LossReport, check: CheckReport, problems: readonly Problem[], { verbose }: ReporterOptions): Test {
  const failures = problems.filter(({ level }) => level === 'failure');
  const others = problems.filter(({ level }) => level !== 'failure' && isTold(level, { verbose, quiet: false }));
  const isUndecided = check.status === 'skip' || check.status === 'inconclusive';
  const outcome = failures.length > 0 ? 'failed' : isUndecided ? 'skipped' : 'passed';
  const content: XmlElement[] = [];
  if (outcome === 'failed') content.push(renderProblems('failure', failures));
  if (outcome === 'skipped') content.push({ name: 'skipped', attributes: { message: whySkipped(check) } });
  if (others.length > 0) content.push({ name: 'system-out', content: tellAll(others) });
  const attributes = { classname: loss.id, name: check.id, time: seconds(check.durationMs) };
  return { outcome, element: { name: 'testcase', attributes, content } };
}

function whySkipped({ status, summary }: CheckReport): string {
  return status === 'skip' ? summary : `could not decide: ${summary}`;
}

const LABELS: Readonly<Record<Problem['level'], string>> = { failure: '', warning: 'warning ', note: 'note ', accepted: 'accepted ' };

/** One element a test, as readers expect: its message is that of the first problem, its text tells all of them. */
function renderProblems(name: 'failure' | 'error', problems: readonly Problem[]): XmlElement {
  const [first] = problems;
  return { name, attributes: { type: first?.code ?? '', message: first?.message ?? '' }, content: tellAll(problems) };
}

function tellAll(problems: readonly Problem[]): string {
  return problems.map((problem) => `${LABELS[problem.level]}${clean(problem.code)}: ${detailsOf(problem)}`).join('\n\n');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
