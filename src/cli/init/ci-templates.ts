import type { PackageManager } from './package-managers.ts';

/** Files that run losscheck in continuous integration. Those for npm are the examples in ci/. */

export interface CiProject {
  readonly manager: PackageManager;
  /** Folder of the project within its repository, '' at its root. */
  readonly inRepository: string;
  /** Within the repository. */
  readonly lockFile: string | null;
}

/** The Node.js that the jobs run on. */
const NODE_MAJOR = 22;
/** Where the jobs write their reports. */
const REPORTS = 'losscheck-reports';

function reporters(...names: readonly string[]): readonly string[] {
  return ['--reporter table', ...names.map((name) => `--reporter ${name}`)];
}

export function githubWorkflow({ manager, inRepository, lockFile }: CiProject): string {
  const setup = manager.setup === null ? '' : `      - run: ${manager.setup}\n`;
  const nested = inRepository === '' ? '' : `    defaults:\n      run:\n        working-directory: ${yaml(inRepository)}\n`;
  const isLockNested = lockFile !== null && lockFile.includes('/');
  const cache = manager.cache === null || lockFile === null ? '' : `          cache: ${manager.cache}\n${isLockNested ? `          cache-dependency-path: ${yaml(lockFile)}\n` : ''}`;
  const verify = [`${manager.exec} losscheck verify`, ...reporters(`json:${REPORTS}/losscheck.json`, `html:${REPORTS}/losscheck.html`, `sarif:${REPORTS}/losscheck.sarif`)];
  return `# Verifies the losses of this project. Findings are shown at their lines in the pull request, the reports are kept
# as an artifact, and the exit code of losscheck decides.
name: losscheck

on:
  pull_request:
  push:
    branches: [main, master]

permissions:
  contents: read

jobs:
  losscheck:
    runs-on: ubuntu-latest
    timeout-minutes: 20
${nested}    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-node@v4
        with:
          node-version: ${NODE_MAJOR}
${cache}${setup}      - run: ${manager.install}
      - name: Verify the losses
        run: >-
          ${verify.join('\n          ')}
      - name: Keep the reports
        if: \${{ !cancelled() }}
        uses: actions/upload-artifact@v4
        with:
          name: losscheck-reports
          path: ${yaml(inRepository === '' ? REPORTS : `${inRepository}/${REPORTS}`)}
`;
}

export function gitlabJob({ manager, inRepository }: CiProject): string {
  const reports = inRepository === '' ? REPORTS : `${inRepository}/${REPORTS}`;
  const before = [inRepository === '' ? null : `cd ${shell(inRepository)}`, manager.setup, manager.install].filter((line) => line !== null);
  const verify = [`${manager.exec} losscheck verify`, ...reporters(`json:${REPORTS}/losscheck.json`, `html:${REPORTS}/losscheck.html`, `junit:${REPORTS}/junit.xml`, `gitlab:${REPORTS}/code-quality.json`)];
  return `# Verifies the losses of this project. Findings are shown in the merge request, the reports are kept as artifacts, and
# the exit code of losscheck decides.
losscheck:
  stage: test
  image: node:${NODE_MAJOR}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
${before.map((line) => `    - ${yaml(line)}`).join('\n')}
  script:
    - >-
      ${verify.join('\n      ')}
  artifacts:
    when: always
    paths:
      - ${yaml(reports)}
    reports:
      junit: ${yaml(`${reports}/junit.xml`)}
      codequality: ${yaml(`${reports}/code-quality.json`)}
`;
}

/** What `.gitlab-ci.yml` needs to say to have the job. */
export function gitlabInclude(job: string): string {
  return `include:\n  - local: ${yaml(job)}\n`;
}

/** @param up from the folder of the script to that of the project */
export function shellScript({ manager }: CiProject, up = '..'): string {
  const verify = [`${manager.exec} losscheck verify`, '--reporter table', ...['json:"$reports"/losscheck.json', 'html:"$reports"/losscheck.html', 'junit:"$reports"/junit.xml'].map((name) => `--reporter ${name}`), '"$@"'];
  const setup = manager.setup === null ? '' : `  ${manager.setup}\n`;
  return `#!/bin/sh
# Verifies the losses of this project, in any continuous integration that can run a script. What stands behind the name
# of this script goes to losscheck: ci/losscheck.sh --shard 1/4
#
# Exit codes: 0 passed, 1 a loss failed, 2 wrong usage or config, 3 a target could not be loaded, 4 a loss timed out or
# crashed, 70 a bug in losscheck.
set -eu
cd "$(dirname "$0")/${up}"

if [ ! -d node_modules ]; then
${setup}  ${manager.install}
fi

reports=\${LOSSCHECK_REPORTS:-${REPORTS}}
exec ${verify.join(' \\\n  ')}
`;
}

/** Before a commit: what differs from the last one, in itself or in what it imports. */
export function hookCommand({ manager }: Pick<CiProject, 'manager'>): string {
  return `${manager.exec} losscheck verify --changed=HEAD --quiet`;
}

export function preCommitConfig(project: CiProject): string {
  const entry = project.inRepository === '' ? hookCommand(project) : `sh -c ${shell(`cd ${shell(project.inRepository)} && ${hookCommand(project)}`)}`;
  return `repos:
  - repo: local
    hooks:
      - id: losscheck
        name: losscheck
        language: system
        entry: ${yaml(entry)}
        files: '\\.[mc]?[jt]sx?$'
        pass_filenames: false
`;
}

export function huskyHook(project: CiProject): string {
  const enter = project.inRepository === '' ? '' : `cd ${shell(project.inRepository)}\n`;
  return `${enter}${hookCommand(project)}\n`;
}

/** A plain word stays plain; JSON's strings are YAML's. */
function yaml(text: string): string {
  return /^[\w./-][\w ./-]*$/.test(text) ? text : JSON.stringify(text);
}

function shell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
