import { relative } from 'node:path';
import { toSlashes } from '../../load/paths.ts';
import type { Style } from '../../reporters/style.ts';
import { clean, padEnd, widest } from '../../reporters/text.ts';
import type { Choices } from './choices.ts';
import type { Step } from './plan.ts';
import type { Project } from './project.ts';

const MARKS = { create: '+', change: '~', overwrite: '~', keep: '=' } as const;

/** A line a file: what happens to it, and what it is for. */
export function renderPlan(steps: readonly Step[], cwd: string, style: Style): string {
  const names = steps.map(({ file }) => clean(toSlashes(relative(cwd, file))));
  const width = widest(names);
  return steps.map((step, index) => `${mark(step, style)} ${padEnd(names[index] ?? '', width)}  ${describe(step)}`).join('\n');
}

function mark({ action }: Step, style: Style): string {
  const symbol = MARKS[action];
  if (action === 'keep') return style.dim(symbol);
  return action === 'create' ? style.green(symbol) : style.yellow(symbol);
}

function describe({ action, purpose, byHand, before, contents }: Step): string {
  if (action === 'overwrite') return `${purpose} (overwritten)`;
  if (action !== 'keep') return purpose;
  if (before === contents) return 'as it should be already';
  return byHand === null ? 'exists, stays as it is (--force overwrites)' : 'exists, stays as it is: see below';
}

interface Told {
  readonly project: Project;
  readonly choices: Choices;
  readonly cwd: string;
  readonly isDryRun: boolean;
}

/** What was done, what is left to do by hand, and the next command. */
export function renderOutcome(steps: readonly Step[], { project, choices, cwd, isDryRun }: Told, style: Style): string {
  const byHand = steps.flatMap(({ file, byHand: text }) => (text === null ? [] : [`Add to ${clean(toSlashes(relative(cwd, file)))}:`, '', ...indent(text.trimEnd()), '']));
  const title = isDryRun ? 'losscheck init would write' : 'losscheck init wrote';
  const next = nextCommands(steps, project, choices, cwd);
  const lines = [style.bold(title), ...indent(renderPlan(steps, cwd, style)), '', ...byHand, style.bold('Next'), ...next.map((line) => `  ${line}`)];
  return `${lines.join('\n')}\n`;
}

function nextCommands(steps: readonly Step[], { folder, manager, hasLosscheck, hasTfjs, tfjs }: Project, choices: Choices, cwd: string): readonly string[] {
  const missing = [...(hasLosscheck ? [] : ['losscheck']), ...(hasTfjs ? [] : [tfjs])];
  const usesPreCommit = choices.preCommit && steps.some(({ file }) => file.endsWith('.pre-commit-config.yaml'));
  const commands = [
    ...(folder === cwd ? [] : [{ command: `cd ${toSlashes(relative(cwd, folder))}`, why: null }]),
    ...(missing.length === 0 ? [] : [{ command: `${manager.add} ${missing.join(' ')}`, why: null }]),
    { command: `${manager.exec} losscheck verify`, why: `every loss of ${choices.losses}` },
    ...(usesPreCommit ? [{ command: 'pre-commit install', why: 'once in each clone; from https://pre-commit.com' }] : []),
  ];
  const width = widest(commands.map(({ command }) => command));
  return commands.map(({ command, why }) => (why === null ? command : `${padEnd(command, width)}  ${why}`));
}

function indent(text: string): readonly string[] {
  return text.split('\n').map((line) => `  ${line}`.trimEnd());
}
