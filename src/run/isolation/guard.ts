import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * A process that is killed runs no handler, and a child that loops sees no line close. A few lines of shell know the
 * process groups of the children that run; when this process is gone, however it went, they end them.
 *
 * Where there is no shell, Ctrl-C and every ordinary end still take the children along.
 */

const SCRIPT = [
  'groups=" "',
  'while read -r sign group; do',
  'case $sign in',
  '+) groups="$groups$group " ;;',
  '-) rest=" "; for each in $groups; do [ "$each" = "$group" ] || rest="$rest$each "; done; groups=$rest ;;',
  'esac; done',
  'for each in $groups; do kill -9 "-$each" 2>/dev/null; done',
].join('\n');

let line: Writable | null | undefined;

/** Says of a child that it runs, and when it has ended that it no longer does. */
export function guard(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  tell(`+ ${pid}\n`);
  child.once('exit', () => tell(`- ${pid}\n`));
}

function tell(words: string): void {
  if (line === undefined) line = startGuard();
  line?.write(words);
}

function startGuard(): Writable | null {
  if (process.platform === 'win32') return null;
  const { spawn } = process.getBuiltinModule('node:child_process');
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {}, cwd: '/' });
  const gone = (): void => {
    line = null;
  };
  shell.once('error', gone);
  shell.once('exit', gone);
  shell.stdin.on('error', gone);
  // Neither the shell nor the pipe to it keeps this process from ending.
  shell.unref();
  Reflect.get(shell.stdin, 'unref')?.call(shell.stdin);
  return shell.stdin;
}
