import type { Command } from 'commander';
import { PLAIN_REPORTER_NAMES, REPORTER_NAMES, type PlainReporterName, type ReporterName } from '../../reporters/names.ts';
import { BACKEND_CHOICES, ENGINE_CHOICES, type BackendChoice, type EngineChoice } from '../../contracts/backend.ts';
import { UsageError } from '../../contracts/errors.ts';
import { addParam } from '../flags/params.ts';
import { reporterFlag, type ReporterTarget } from '../flags/reporters.ts';
import { addText, parseChoice, parseMaxMemory, parseSwitch, parseTimeout, withChoices } from '../flags/scalars.ts';
import { joinAlternatives } from '../suggestion.ts';

/** Flags that every command running a loss has. */
export interface SharedFlags<B extends BackendChoice = EngineChoice> {
  readonly param?: Readonly<Record<string, unknown>>;
  readonly backend?: B;
  readonly timeout?: number;
  readonly isolate?: boolean;
  readonly maxMemory?: number;
  readonly allowRead?: readonly string[];
  readonly allowEnv?: readonly string[];
  readonly config?: string | false;
  readonly color?: boolean;
}

/** For a command that runs a loss on one float32 engine. */
export function addSharedFlags(command: Command): Command {
  const parse = parseChoice('--backend', ENGINE_CHOICES);
  const parseEngine = withChoices(ENGINE_CHOICES, (text: string): EngineChoice => {
    if (text === 'all') throw new UsageError(`--backend: found 'all', which is for verify, expected ${joinAlternatives(ENGINE_CHOICES)}; for example --backend wasm`);
    return parse(text);
  });
  return addFlags(command, ['float32 backend: auto, node, wasm or cpu (default: auto)', parseEngine]);
}

/** For one that may run it on all of them side by side. */
export function addVerifyingFlags(command: Command): Command {
  return addFlags(command, ['float32 backend: auto, node, wasm, cpu, or all to compare them (default: auto)', parseChoice('--backend', BACKEND_CHOICES)]);
}

function addFlags(command: Command, [backends, parseBackend]: readonly [string, (text: string) => BackendChoice]): Command {
  return addColorFlags(
    command
      .option('--param <name=value>', 'set a parameter of a built-in loss, e.g. delta=0.5 (repeatable)', addParam)
      .option('--backend <name>', backends, parseBackend)
      .option('--timeout <seconds>', 'time that one loss may take (default: 60)', parseTimeout)
      .option(
        '--isolate <on|off>',
        'run user modules in a process of their own (default: on)',
        parseSwitch('--isolate'),
      )
      .option('--max-memory <MB>', 'memory that the process of a user module may hold (default: 2048)', parseMaxMemory)
      .option('--allow-read <path>', 'a file or folder outside the project that user modules may read (repeatable)', addText('--allow-read', 'a path', '../data'))
      .option('--allow-env <name>', 'an environment variable that user modules may read (repeatable)', addText('--allow-env', 'a name', 'DATA_DIR'))
      .option('--config <file>', 'the config (default: the nearest losscheck.config.* or package.json)')
      .option('--no-config', 'use none'),
  );
}

/** `--reporter` of commands whose answer is a report of findings. */
export interface ReportFlags {
  readonly reporter?: readonly ReporterTarget<ReporterName>[];
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function addReportFlags(command: Command): Command {
  return command
    .option('--reporter <name[:path]>', `${REPORTER_NAMES.join(', ')}, to stdout or to a file (repeatable; default: table)`, reporterFlag(REPORTER_NAMES))
    .option('--quiet', 'print only failures and the last lines')
    .option('--verbose', 'print notes, what each check measured, and every coordinate');
}

/** @throws UsageError for two flags that exclude each other */
export function requireOneLoudness({ quiet = false, verbose = false }: ReportFlags): void {
  if (quiet && verbose) throw new UsageError('--quiet and --verbose exclude each other; leave one out');
}

/** `--reporter` of commands with an answer of their own. */
export interface PlainReporterFlags {
  readonly reporter?: readonly ReporterTarget<PlainReporterName>[];
}

export function addPlainReporterFlag(command: Command): Command {
  return command.option('--reporter <name[:path]>', `${PLAIN_REPORTER_NAMES.join(' or ')}, to stdout or to a file (repeatable; default: table)`, reporterFlag(PLAIN_REPORTER_NAMES));
}

export function addColorFlags(command: Command): Command {
  return command.option('--color', 'write colours even when piped').option('--no-color', 'write no colours');
}
