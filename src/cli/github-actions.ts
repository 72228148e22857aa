import { appendFileSync, statSync } from 'node:fs';
import type { Report, ReporterOptions } from '../contracts/report.ts';
import { reasonOf } from '../load/system-error.ts';
import type { ReporterName } from '../reporters/names.ts';
import type { ReporterTarget } from './flags/reporters.ts';
import type { Terminal } from './terminal.ts';

/** What a step of a job may write to its summary: GitHub throws away all of a longer one. */
export const SUMMARY_BYTES = 1024 * 1024;

/**
 * What a run within GitHub Actions does by itself: annotations of the lines in the pull request, unless they are
 * asked for anyway, and the report in Markdown on the page of the job.
 *
 * @returns the text for stderr, which GitHub reads as it reads stdout
 */
export async function tellGitHub(
  report: Report,
  targets: readonly ReporterTarget<ReporterName>[],
  { env }: Pick<Terminal, 'env'>,
  layout: ReporterOptions,
): Promise<string> {
  if (env['GITHUB_ACTIONS'] !== 'true') return '';
  const plain = { ...layout, color: false };
  const summary = env['GITHUB_STEP_SUMMARY'] ?? '';
  return [
    targets.some(({ name }) => name === 'github') ? '' : (await import('../reporters/github.ts')).renderGithub(report, plain),
    summary === '' ? '' : await appendSummary(report, summary, plain),
  ].join('');
}

/** The gate is about the losses: a summary that cannot be written does not fail it. */
async function appendSummary(report: Report, file: string, layout: ReporterOptions): Promise<string> {
  const { renderMarkdownWithin } = await import('../reporters/markdown.ts');
  try {
    const text = renderMarkdownWithin(report, layout, SUMMARY_BYTES - sizeOf(file));
    if (text === '') return `warning: no room for the report in the summary of this step, which holds ${SUMMARY_BYTES} bytes\n`;
    appendFileSync(file, text);
    return '';
  } catch (error) {
    return `warning: cannot write the summary of the job to GITHUB_STEP_SUMMARY (${reasonOf(error)}); the verdict stays as it is\n`;
  }
}

/** Earlier commands of the step may have written to it. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
