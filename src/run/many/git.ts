import { execFile } from 'node:child_process';
import path from 'node:path';
import { UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';

/** What `--changed` asks of git. Arguments are passed as they are, never through a shell. */

const LARGEST_ANSWER = 512 * 1024 * 1024;

interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  /** First line of what git complains about. */
  readonly reason: string;
}

async function ask(cwd: string, args: readonly string[]): Promise<Answer> {
  const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>((resolve) => {
    execFile('git', args, { cwd, encoding: 'utf8', maxBuffer: LARGEST_ANSWER, windowsHide: true }, (failure, out, complaint) => resolve({ error: failure, stdout: out, stderr: complaint }));
  });
  if (error !== null && 'code' in error && error.code === 'ENOENT') {
    throw new UsageError('--changed: git cannot be started', 'Install git and put it on the PATH, or leave out --changed.');
  }
  return { ok: error === null, stdout, reason: stderr.split('\n', 1)[0]?.trim() ?? '' };
}

/** @throws UsageError with the complaint of git */
async function demand(cwd: string, args: readonly string[]): Promise<string> {
  const { ok, stdout, reason } = await ask(cwd, args);
  if (!ok) throw new UsageError(`--changed: git ${args[0] ?? ''} failed (${reason})`, 'Mend what git complains about, or leave out --changed.');
  return stdout;
}

/**
 * The top folder of the repository.
 *
 * @throws UsageError outside of one
 */
export async function repositoryOf(cwd: string): Promise<string> {
  const { ok, stdout, reason } = await ask(cwd, ['rev-parse', '--show-toplevel']);
  if (ok) return path.resolve(stdout.replace(/\r?\n$/, ''));
  if (!/not a git repository/i.test(reason)) throw new UsageError(`--changed: git refuses to read this folder (${reason})`, 'Mend what git complains about, or leave out --changed.');
  throw new UsageError('--changed: this folder is in no git repository, so nothing is known of changes', 'Run it inside of the repository, or leave out --changed.');
}

export interface Base {
  readonly commit: string;
  /** For the report: `HEAD (1a2b3c4d)`. */
  readonly shown: string;
}

const DEEPEN = 'This clone is shallow. Fetch the history: `fetch-depth: 0` for actions/checkout, or git fetch --unshallow.';

/**
 * The commit that a ref stands for.
 *
 * @throws UsageError when it stands for none
 */
export async function baseAt(root: string, ref: string): Promise<Base> {
  const commit = await commitOf(root, ref);
  if (commit !== null) return { commit, shown: shown(ref, commit) };
  // Before the first commit everything differs from it: a hook that compares with HEAD must let that one be made.
  if (ref === 'HEAD') return { commit: (await demand(root, ['hash-object', '-t', 'tree', '/dev/null'])).trim(), shown: 'HEAD (no commit yet)' };
  const hint = (await isShallow(root)) ? DEEPEN : 'Give a branch, a tag or a commit that `git rev-parse` knows, for example --changed=origin/main.';
  throw new UsageError(`--changed: git knows no commit ${quote(ref)} here`, hint);
}

/**
 * Where this branch left the default branch of its remote; HEAD where there is no remote.
 *
 * @throws UsageError without a commit, and in a shallow clone that does not reach back so far
 */
export async function usualBase(root: string): Promise<Base> {
  const head = await commitOf(root, 'HEAD');
  if (head === null) throw new UsageError('--changed: the repository has no commit yet to compare with', 'Commit first, or leave out --changed.');
  const branch = await defaultBranch(root);
  if (branch === null) {
    if (await isShallow(root)) throw new UsageError('--changed: this clone does not have the default branch to compare with', `${DEEPEN} Or give a commit: --changed=<ref>.`);
    return { commit: head, shown: shown('HEAD', head) };
  }
  const { ok, stdout } = await ask(root, ['merge-base', 'HEAD', branch]);
  if (ok) return { commit: stdout.trim(), shown: shown(`merge base with ${branch}`, stdout.trim()) };
  const hint = (await isShallow(root)) ? DEEPEN : 'Give a commit to compare with: --changed=<ref>.';
  throw new UsageError(`--changed: HEAD and ${branch} have no commit in common here`, hint);
}

/** A fork's `upstream` before its `origin`. */
async function defaultBranch(root: string): Promise<string | null> {
  for (const remote of ['upstream', 'origin']) {
    const { ok, stdout } = await ask(root, ['symbolic-ref', '--quiet', '--short', `refs/remotes/${remote}/HEAD`]);
    const candidates = [...(ok ? [stdout.trim()] : []), `${remote}/main`, `${remote}/master`];
    for (const candidate of candidates) if ((await commitOf(root, `refs/remotes/${candidate}`)) !== null) return candidate;
  }
  return null;
}

async function commitOf(root: string, ref: string): Promise<string | null> {
  // A ref never starts with a hyphen; git would take it for an option.
  if (ref.startsWith('-')) return null;
  const { ok, stdout } = await ask(root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  return ok ? stdout.trim() : null;
}

async function isShallow(root: string): Promise<boolean> {
  return (await ask(root, ['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
}

function shown(name: string, commit: string): string {
  return `${name} (${commit.slice(0, 8)})`;
}

export interface Difference {
  /** Absolute paths of what the working tree has otherwise than the commit, not at all, or in addition. */
  readonly differing: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
  /** Everything that git keeps track of. */
  readonly tracked: ReadonlySet<string>;
}

/** The working tree as it is now, staged or not, beside a commit. A renamed file is one deleted and one new. */
export async function differenceFrom(root: string, commit: string): Promise<Difference> {
  const compare = ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-relative', '--ignore-submodules=none'];
  const [differing, untracked, deleted, tracked] = await Promise.all([
    demand(root, [...compare, commit, '--']),
    demand(root, ['ls-files', '-z', '--others', '--exclude-standard']),
    demand(root, [...compare, '--diff-filter=D', commit, '--']),
    demand(root, ['ls-files', '-z']),
  ]);
  const absolute = (names: string): ReadonlySet<string> => new Set(names.split('\0').filter((name) => name !== '').map((name) => path.resolve(root, name)));
  return { differing: absolute(differing + untracked), deleted: absolute(deleted), tracked: absolute(tracked) };
}
