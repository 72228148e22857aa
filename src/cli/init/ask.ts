import type { Readable, Writable } from 'node:stream';
import { type CANCEL_SYMBOL, confirm, intro, isCancel, note, select, text } from '@clack/prompts';
import type { Choices, CiChoice } from './choices.ts';
import { lossFolderProblem, tidyLossFolder } from './loss-folder.ts';
import type { Project } from './project.ts';

export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/** Thrown inside of this file when somebody presses Ctrl-C or Escape. */
class Cancelled extends Error {}

/**
 * Asks for what no flag has said, then whether the plan is right.
 *
 * @param chosen by flags
 * @param suggest what Enter takes
 * @param plan the plan for these choices, in words
 * @returns null when somebody has ended it: then nothing must be written
 */
export async function askForChoices(
  project: Project,
  chosen: Partial<Choices>,
  { suggest, plan, streams }: { suggest: (chosen: Partial<Choices>) => Choices; plan: (choices: Choices) => string; streams: Streams },
): Promise<Choices | null> {
  try {
    intro('losscheck init', streams);
    const losses = chosen.losses ?? (await askForFolder(suggest(chosen).losses, project, streams));
    const known = suggest({ ...chosen, losses });
    const starter = chosen.starter ?? answer(await confirm({ message: 'Write a loss to start from?', initialValue: known.starter, ...streams }));
    const ci = chosen.ci ?? (await askForCi(known.ci, streams));
    const preCommit = chosen.preCommit ?? answer(await confirm({ message: 'Verify before each commit what it changes?', initialValue: known.preCommit, ...streams }));
    const choices = { losses, starter, ci, preCommit };
    note(plan(choices), 'The plan', { ...streams, format: (line) => line });
    return answer(await confirm({ message: 'Write these files?', initialValue: true, ...streams })) ? choices : null;
  } catch (error) {
    if (error instanceof Cancelled) return null;
    throw error;
  }
}

function answer<T extends string | boolean>(given: T | typeof CANCEL_SYMBOL): T {
  if (isCancel(given)) throw new Cancelled();
  return given;
}

async function askForFolder(suggested: string, project: Project, streams: Streams): Promise<string> {
  const given = await text({
    message: 'Which folder holds the losses?',
    initialValue: suggested,
    validate: (value) => lossFolderProblem(value ?? '', project.folder) ?? undefined,
    ...streams,
  });
  return tidyLossFolder(answer(given));
}

async function askForCi(suggested: CiChoice, streams: Streams): Promise<CiChoice> {
  const given = await select<CiChoice>({
    message: 'Where does the project run its tests?',
    initialValue: suggested,
    options: [
      { value: 'github', label: 'GitHub Actions' },
      { value: 'gitlab', label: 'GitLab' },
      { value: 'shell', label: 'elsewhere', hint: 'a shell script' },
      { value: 'none', label: 'nowhere yet' },
    ],
    ...streams,
  });
  return answer(given);
}
