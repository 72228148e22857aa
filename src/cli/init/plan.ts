import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CONFIG_NAMES } from '../../load/config/find.ts';
import { toSlashes } from '../../load/paths.ts';
import type { Choices } from './choices.ts';
import { githubWorkflow, gitlabInclude, gitlabJob, hookCommand, huskyHook, preCommitConfig, shellScript, type CiProject } from './ci-templates.ts';
import { holdsCode, lookAt } from './look.ts';
import { addScript, hasScript } from './manifest.ts';
import type { Project } from './project.ts';
import { configText, STARTER_NAME, starterText } from './templates.ts';

/** One file of the plan. */
export interface Step {
  /** Absolute. */
  readonly file: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
  readonly contents: string;
  readonly isExecutable: boolean;
  /** `keep`: it exists and stays as it is. */
  readonly action: 'create' | 'change' | 'overwrite' | 'keep';
  /** What is there now; null for nothing. */
  readonly before: string | null;
  /** For a file that stays: what to add to it by hand; null where nothing is missing. */
  readonly byHand: string | null;
}

interface Wanted {
  readonly file: string;
  readonly purpose: string;
  readonly contents: string;
  readonly isExecutable?: boolean;
  /** Files that others write to as well are never overwritten: what to add to one that exists. */
  readonly addition?: string;
}

const SCRIPT = { name: 'losscheck', command: 'losscheck verify' };

/** What `init` does to a project: every file, whether it is there yet or not. */
export function planFor(project: Project, choices: Choices, force: boolean): readonly Step[] {
  const wanted = [
    configOf(project, choices),
    ...(choices.starter ? [starterOf(project, choices)] : []),
    ...ciFiles(project, choices),
    ...(choices.preCommit ? [hookOf(project)] : []),
  ];
  return [...wanted.map((file) => stepFor(file, force)), manifestStep(project)];
}

function stepFor({ file, purpose, contents, isExecutable = false, addition }: Wanted, force: boolean): Step {
  const step = { file, purpose, contents, isExecutable, byHand: null };
  const there = lookAt(file);
  if (there === null) return { ...step, action: 'create', before: null };
  const before = there.isFile() ? readFileSync(file, 'utf8') : null;
  if (before === contents) return { ...step, action: 'keep', before };
  // What is no plain file, a link for instance, is somebody's arrangement.
  if (force && addition === undefined && before !== null) return { ...step, action: 'overwrite', before };
  const isComplete = addition !== undefined && before?.includes('losscheck') === true;
  return { ...step, action: 'keep', before, byHand: isComplete ? null : (addition ?? null) };
}

function configOf({ folder, isTypeScript }: Project, { losses }: Choices): Wanted {
  const fresh = `losscheck.config.${isTypeScript ? 'ts' : 'mjs'}`;
  const present = CONFIG_NAMES.find((name) => existsSync(join(folder, name)));
  const purpose = 'what is verified, and how strictly';
  const file = { file: join(folder, present ?? fresh), purpose, contents: configText(losses, !hasOwnLosses(folder, losses)) };
  // A second config beside one of another name would never be read.
  return present === undefined || present === fresh ? file : { ...file, addition: `targets: ['${losses}']` };
}

/** Losses of the project's own: they were there before anybody was strict with them. */
function hasOwnLosses(folder: string, losses: string): boolean {
  return holdsCode(join(folder, losses), STARTER_NAME);
}

function starterOf(project: Project, { losses }: Choices): Wanted {
  const name = `${STARTER_NAME}.${project.isTypeScript ? 'ts' : 'mjs'}`;
  return { file: join(project.folder, losses, name), purpose: 'a loss to start from: change it', contents: starterText(project) };
}

function ciFiles(project: Project, { ci }: Choices): readonly Wanted[] {
  const { folder, repository } = project;
  const about = ciProjectOf(project);
  switch (ci) {
    case 'none':
      return [];
    case 'github':
      return [{ file: join(repository, '.github', 'workflows', 'losscheck.yml'), purpose: 'verifies every pull request', contents: githubWorkflow(about) }];
    case 'gitlab': {
      const job = join(folder, 'ci', 'losscheck.gitlab-ci.yml');
      const include = gitlabInclude(toSlashes(relative(repository, job)));
      return [
        { file: job, purpose: 'verifies every merge request', contents: gitlabJob(about) },
        { file: join(repository, '.gitlab-ci.yml'), purpose: 'includes that job', contents: include, addition: include },
      ];
    }
    case 'shell':
      return [{ file: join(folder, 'ci', 'losscheck.sh'), purpose: 'verifies in any other CI', contents: shellScript(about), isExecutable: true }];
  }
}

function hookOf(project: Project): Wanted {
  const about = ciProjectOf(project);
  const purpose = 'verifies what a commit changes';
  if (project.usesHusky) return { file: join(project.repository, '.husky', 'pre-commit'), purpose, contents: huskyHook(about), isExecutable: true, addition: hookCommand(about) };
  const contents = preCommitConfig(about);
  return { file: join(project.repository, '.pre-commit-config.yaml'), purpose, contents, addition: contents.slice(contents.indexOf('\n') + 1) };
}

function ciProjectOf({ manager, folder, repository, lockFile }: Project): CiProject {
  return { manager, inRepository: toSlashes(relative(repository, folder)), lockFile };
}

function manifestStep({ folder, manifest }: Project): Step {
  const contents = addScript(manifest, SCRIPT.name, SCRIPT.command);
  const step = { file: join(folder, 'package.json'), purpose: `script "${SCRIPT.name}": ${SCRIPT.command}`, isExecutable: false, before: manifest, byHand: null };
  if (contents !== null) return { ...step, contents, action: 'change' };
  if (hasScript(manifest, SCRIPT.name, SCRIPT.command)) return { ...step, contents: manifest, action: 'keep' };
  return { ...step, contents: '', action: 'keep', byHand: `"scripts": { "${SCRIPT.name}": "${SCRIPT.command}" }` };
}

/** What is done where nothing is said: a folder that holds losses needs no starter. */
export function defaultChoices({ folder, losses, hosting }: Project, chosen: Partial<Choices>): Choices {
  const where = chosen.losses ?? losses ?? 'src/losses';
  return {
    losses: where,
    ci: chosen.ci ?? hosting,
    starter: chosen.starter ?? !hasOwnLosses(folder, where),
    preCommit: chosen.preCommit ?? false,
  };
}
