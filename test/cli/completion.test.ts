import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf, type FlagWords, type ProgramWords } from '../../src/cli/completion/words.ts';
import { createProgram } from '../../src/cli/program.ts';
import { BACKEND_CHOICES, ENGINE_CHOICES } from '../../src/contracts/backend.ts';
import { PLAIN_REPORTER_NAMES, REPORTER_NAMES } from '../../src/reporters/names.ts';
import { fakeServices, fakeTerminal, run } from './fakes.ts';

/** What shells complete, asked of the shells themselves where they are installed. */

const SHELLS = { bash: process.env['LOSSCHECK_BASH'] ?? 'bash', zsh: process.env['LOSSCHECK_ZSH'] ?? 'zsh', fish: process.env['LOSSCHECK_FISH'] ?? 'fish' };

let folder = '';
const scripts = { bash: '', zsh: '', fish: '' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'losscheck-completion-'));
  mkdirSync(join(folder, 'files/odd folder'), { recursive: true });
  writeFileSync(join(folder, 'files/my loss.ts'), '');
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const { exitCode, stdout, stderr } = await run(['completion', shell]);
    if (exitCode !== 0) throw new Error(`completion ${shell}: ${stderr}`);
    scripts[shell] = stdout;
    writeFileSync(join(folder, `losscheck.${shell}`), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function hasShell(shell: keyof typeof SHELLS): boolean {
  return spawnSync(SHELLS[shell], ['--version']).status === 0;
}

function ask(shell: keyof typeof SHELLS, argv: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(SHELLS[shell], argv, { cwd: join(folder, 'files'), encoding: 'utf8', timeout: 60_000 });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

function program(): ProgramWords {
  const context = { terminal: fakeTerminal(), services: fakeServices(), finish() {} };
  return wordsOf(createProgram(context, { out() {}, error() {} }), { checks: ['scalar-output'], codes: ['not-scalar'], losses: ['huber'] });
}

function flagOf(command: string, flag: string): FlagWords {
  const found = program().commands.find(({ name }) => name === command)?.flags.find(({ name }) => name === flag);
  if (found === undefined) throw new Error(`${command} has no ${flag}`);
  return found;
}

describe('the words of the command line', () => {
  it('are those of its definition, whatever that is', () => {
    const own = new Command('tool').version('1').exitOverride();
    own.command('go').summary('goes').argument('[targets...]').option('--far', 'very').option('--to <place>', 'where').option('--since [=ref]', 'when');
    expect(wordsOf(own, { checks: [], codes: [], losses: ['huber'] }).commands).toEqual([
      {
        name: 'go',
        summary: 'goes',
        flags: [
          { name: '--far', description: 'very', values: null, afterEquals: false },
          { name: '--to', description: 'where', values: { words: [], files: false, toFile: false }, afterEquals: false },
          { name: '--since', description: 'when', values: { words: [], files: false, toFile: false }, afterEquals: true },
          { name: '--help', description: 'display help for command', values: null, afterEquals: false },
        ],
        operands: { words: ['huber'], files: true, toFile: false },
      },
    ]);
  });

  it('of flags come from what reads them', () => {
    expect(flagOf('verify', '--backend').values?.words).toEqual(BACKEND_CHOICES);
    expect(flagOf('eval', '--backend').values?.words).toEqual(ENGINE_CHOICES);
    expect(flagOf('verify', '--reporter').values).toEqual({ words: REPORTER_NAMES, files: false, toFile: true });
    expect(flagOf('doctor', '--reporter').values?.words).toEqual(PLAIN_REPORTER_NAMES);
    expect(flagOf('verify', '--isolate').values?.words).toEqual(['on', 'off']);
    expect(flagOf('eval', '--precision').values?.words).toEqual(['64', '32']);
    expect(flagOf('eval', '--inputs').values?.files).toBe(true);
    expect(flagOf('verify', '--check').values?.words).toEqual(['scalar-output']);
    expect(flagOf('verify', '--against').values?.words).toEqual(['huber']);
    expect(flagOf('init', '--ci').values?.words).toEqual(['github', 'gitlab', 'shell', 'none']);
    expect(flagOf('init', '--losses').values?.files).toBe(true);
  });
});

describe.skipIf(!hasShell('bash'))('bash', () => {
  /** Calls the function as bash does when Tab is pressed behind the last word. */
  function complete(...words: readonly string[]): readonly string[] {
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _losscheck; ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`;
    return ask('bash', ['-c', script, 'bash', join(folder, 'losscheck.bash'), 'losscheck', ...words]).split('\n').filter((line) => line !== '');
  }

  it.each([
    [['ver'], ['verify']],
    [['--v'], ['--version']],
    [['verify', '--ch'], ['--check', '--changed']],
    [['verify', '--check', 'g'], ['gradient-match']],
    [['verify', '--check', '=', 'g'], ['gradient-match']],
    [['verify', '--check', '='], ['scalar-output', 'gradient-match', 'term-balance']],
    [['verify', '--backend', ''], [...BACKEND_CHOICES]],
    [['verify', '--reporter', 'j'], REPORTER_NAMES.filter((name) => name.startsWith('j'))],
    [['verify', '--reporter', 'json', ':', 'my'], ['my loss.ts']],
    [['verify', '--seed', ''], []],
    [['verify', 'h'], ['huber']],
    [['verify', 'm'], ['my loss.ts']],
    [['verify', '--strict', 'o'], ['odd folder']],
    [['verify', '--changed', 'd'], ['dice']],
    [['explain', 'not'], ['not-scalar']],
    [['explain', 'term'], ['term-balance']],
    [['list', ''], ['huber', 'dice']],
    [['merge', 'my'], ['my loss.ts']],
    [['completion', ''], ['bash', 'zsh', 'fish']],
    [['nosuch', ''], []],
  ])('losscheck %j', (words, expected) => {
    expect(complete(...words)).toEqual(expected);
  });

  it('registers the function for the program', () => {
    expect(ask('bash', ['-c', 'source "$1"; complete -p losscheck', 'bash', join(folder, 'losscheck.bash')])).toBe('complete -F _losscheck losscheck\n');
  });
});

describe.skipIf(!hasShell('fish'))('fish', () => {
  function complete(line: string): readonly string[] {
    const out = ask('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', join(folder, 'losscheck.fish'), line]);
    return out.split('\n').filter((each) => each !== '').map((each) => each.split('\t')[0] ?? '');
  }

  it.each([
    ['losscheck ver', ['verify']],
    ['losscheck verify --check g', ['gradient-match']],
    ['losscheck verify --check=g', ['--check=gradient-match']],
    ['losscheck verify --back', ['--backend']],
    ['losscheck verify --backend w', ['wasm']],
    ['losscheck verify --seed ', []],
    ['losscheck verify h', ['huber']],
    ['losscheck explain not', ['not-scalar']],
    ['losscheck completion f', ['fish']],
  ])('%s', (line, expected) => {
    expect(complete(line)).toEqual(expected);
  });

  it('offers files where a loss is asked for', () => {
    expect(complete('losscheck verify m')).toEqual(['my loss.ts']);
  });
});

describe.skipIf(!hasShell('zsh'))('zsh', () => {
  /** Presses Tab in a zsh of its own and reads what is then on the line. */
  function complete(line: string): string {
    const script = `
      zmodload zsh/zpty
      zpty shell ${JSON.stringify(SHELLS.zsh)} -f -i
      zpty -w shell "PROMPT=; unsetopt zle_bracketed_paste; unset zle_bracketed_paste; TERM=dumb; autoload -Uz compinit; compinit -u -d $1/zcompdump; source $1/losscheck.zsh; show() { print -r -- \\"<<\\$BUFFER>>\\"; BUFFER=; zle accept-line }; zle -N show; bindkey '^X' show; print rea''dy"
      local seen= chunk
      while [[ $seen != *ready* ]]; do zpty -r shell chunk || break; seen+=$chunk; done
      zpty -n -w shell "$2"$'\\t'$'\\x18'
      seen=
      while [[ $seen != *'>>'* ]]; do zpty -r shell chunk || break; seen+=$chunk; done
      print -r -- "$seen"
      zpty -d shell`;
    const out = ask('zsh', ['-f', '-c', script, 'zsh', folder, line]);
    return /<<(.*)>>/.exec(out)?.[1] ?? out;
  }

  it('reads the script without a complaint', () => {
    expect(ask('zsh', ['-n', join(folder, 'losscheck.zsh')])).toBe('');
  });

  it.each([
    ['losscheck ver', 'losscheck verify '],
    ['losscheck verify --check g', 'losscheck verify --check gradient-match '],
    ['losscheck verify --check=g', 'losscheck verify --check=gradient-match '],
    ['losscheck verify --backend w', 'losscheck verify --backend wasm '],
    ['losscheck verify h', 'losscheck verify huber '],
    ['losscheck verify m', 'losscheck verify my\\ loss.ts '],
    ['losscheck verify --reporter json:m', 'losscheck verify --reporter json:my\\ loss.ts '],
    ['losscheck explain not', 'losscheck explain not-scalar '],
  ])('%s', (line, expected) => {
    expect(complete(line)).toBe(expected);
  });
});
