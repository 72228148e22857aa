import type { Argument, Command, Option } from 'commander';

/** What a shell may offer at one place. */
export interface Values {
  readonly words: readonly string[];
  /** Names of files and folders as well. */
  readonly files: boolean;
  /** A colon and a file may follow the word: `json:report.json`. */
  readonly toFile: boolean;
}

export interface FlagWords {
  /** `--check`. */
  readonly name: string;
  readonly description: string;
  /** Null for a flag that takes no value. */
  readonly values: Values | null;
  /** The value stands behind an equals sign, never behind a space. */
  readonly afterEquals: boolean;
}

export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagWords[];
  readonly operands: Values;
}

export interface ProgramWords {
  readonly name: string;
  readonly version: string;
  readonly flags: readonly FlagWords[];
  readonly commands: readonly CommandWords[];
}

/** Words that the commands themselves do not know. */
export interface Names {
  readonly checks: readonly string[];
  readonly codes: readonly string[];
  readonly losses: readonly string[];
}

/** The command line as shells need to know it, read from the definition of the commands. */
export function wordsOf(program: Command, names: Names): ProgramWords {
  const [version = ''] = [program.version()];
  return {
    name: program.name(),
    version,
    flags: flagsOf(program, names),
    commands: program.commands.map((command) => ({
      name: command.name(),
      summary: command.summary(),
      flags: flagsOf(command, names),
      operands: operandsOf(command.registeredArguments, names),
    })),
  };
}

function flagsOf(command: Command, names: Names): readonly FlagWords[] {
  return command.createHelp().visibleOptions(command).flatMap((option) => {
    if (option.long === undefined || option.long === null) return [];
    const takesValue = option.required || option.optional;
    return [{
      name: option.long,
      description: option.description,
      values: takesValue ? valuesOf(option, names) : null,
      afterEquals: option.flags.includes('[='),
    }];
  });
}

const NOTHING: Values = { words: [], files: false, toFile: false };

/** A parser says which words it takes; the rest follows from what the help calls the value. */
function valuesOf(option: Option, names: Names): Values {
  const choices = choicesOf(option.parseArg);
  if (choices !== null) return { ...NOTHING, words: choices, toFile: option.flags.includes('[:path]') };
  if (option.long === '--against') return { ...NOTHING, words: names.losses };
  if (option.flags.includes('<id>')) return { ...NOTHING, words: names.checks };
  return { ...NOTHING, files: /<(file|folder|path)/.test(option.flags) };
}

function choicesOf(parser: unknown): readonly string[] | null {
  if (typeof parser !== 'function' || !('choices' in parser) || !Array.isArray(parser.choices)) return null;
  return parser.choices.filter((choice) => typeof choice === 'string');
}

function operandsOf([argument]: readonly Argument[], names: Names): Values {
  if (argument === undefined) return NOTHING;
  const choices = choicesOf(argument.parseArg);
  if (choices !== null) return { ...NOTHING, words: choices };
  switch (argument.name()) {
    case 'targets':
    case 'target':
    case 'loss':
      return { ...NOTHING, words: names.losses, files: true };
    case 'name':
      return { ...NOTHING, words: [...names.checks, ...names.codes] };
    case 'words':
      return { ...NOTHING, words: names.losses };
    default:
      return { ...NOTHING, files: true };
  }
}
