import type { Command } from 'commander';
import { BACKEND_CHOICES, type BackendChoice } from '../../contracts/backend.ts';
import { addParam } from '../flags/params.ts';
import { addReporter, type ReporterTarget } from '../flags/reporters.ts';
import { parseChoice, parseSwitch, parseTimeout } from '../flags/scalars.ts';

/** Flags that every command running a loss has. */
export interface SharedFlags {
  readonly param?: Readonly<Record<string, unknown>>;
  readonly backend?: BackendChoice;
  readonly reporter?: readonly ReporterTarget[];
  readonly timeout?: number;
  readonly isolate?: boolean;
  readonly color?: boolean;
}

export function addSharedFlags(command: Command): Command {
  return addColorFlags(
    command
      .option('--param <name=value>', 'set a parameter of a built-in loss, e.g. delta=0.5 (repeatable)', addParam)
      .option(
        '--backend <name>',
        'float32 backend: auto, node, wasm or cpu (default: auto)',
        parseChoice('--backend', BACKEND_CHOICES),
      )
      .option(
        '--reporter <name[:path]>',
        'table or json, to stdout or to a file (repeatable; default: table)',
        addReporter,
      )
      .option('--timeout <seconds>', 'time that one loss may take (default: 60)', parseTimeout)
      .option(
        '--isolate <on|off>',
        'run user modules in a process of their own (default: on)',
        parseSwitch('--isolate'),
      ),
  );
}

export function addColorFlags(command: Command): Command {
  return command.option('--color', 'write colours even when piped').option('--no-color', 'write no colours');
}
