import type { CommandWords, FlagWords, ProgramWords } from './words.ts';

/** A completion script for fish. */
export function fishScript({ name, version, flags, commands }: ProgramWords): string {
  const lines = [
    `# Completion of ${name} ${version} for fish. To keep it: ${name} completion fish > ~/.config/fish/completions/${name}.fish`,
    `complete -c ${name} -f`,
    ...flags.map((flag) => `complete -c ${name} -n __fish_use_subcommand ${flagOptions(flag)}`),
    ...commands.map((command) => `complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`),
    ...commands.flatMap((command) => commandLines(name, command)),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(program: string, { name, flags, operands }: CommandWords): readonly string[] {
  const start = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
  const words = operands.words.length === 0 ? [] : [`-a ${quote(operands.words.join(' '))}`];
  const place = [...(operands.files ? ['-F'] : []), ...words].join(' ');
  return [...flags.map((flag) => `${start} ${flagOptions(flag)}`), ...(place === '' ? [] : [`${start} ${place}`])];
}

function flagOptions({ name, description, values, afterEquals }: FlagWords): string {
  const flag = `-l ${name.slice('--'.length)} -d ${quote(description)}`;
  if (values === null || afterEquals) return flag;
  if (values.files) return `${flag} -r -F`;
  return values.words.length === 0 ? `${flag} -x` : `${flag} -x -a ${quote(values.words.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
