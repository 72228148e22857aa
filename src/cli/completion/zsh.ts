import type { CommandWords, FlagWords, ProgramWords, Values } from './words.ts';

/** A completion script for zsh: to be evaluated, or to be put into a folder of `fpath`. */
export function zshScript({ name, version, flags, commands }: ProgramWords): string {
  const call = `_${name}`;
  return `#compdef ${name}
# Completion of ${name} ${version} for zsh. In ~/.zshrc, after compinit: eval "$(${name} completion zsh)"
${call}() {
  if ((CURRENT == 2)); then
    if [[ $words[2] == -* ]]; then
      _arguments ${flags.map((flag) => flagSpec(flag, call)).join(' ')}
      return
    fi
    local -a commands
    commands=(
${commands.map((command) => `      ${quote(`${command.name}:${command.summary}`)}`).join('\n')}
    )
    _describe -t commands 'command' commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map((command) => commandCase(command, call)).join('\n')}
  esac
}
# A word, or a file behind its colon: json:report.json.
${call}_to_file() {
  if compset -P '*:'; then _files; else compadd -- "$@"; fi
}
# Read from fpath, this file is the function; evaluated, it tells zsh about it.
if [[ $funcstack[1] == ${call} ]]; then ${call} "$@"; else compdef ${call} ${name}; fi
`;
}

function commandCase({ name, flags, operands }: CommandWords, call: string): string {
  const specs = [...flags.map((flag) => flagSpec(flag, call)), quote(`*:operand:${action(operands, call)}`)];
  return `    ${name})\n      _arguments \\\n        ${specs.join(' \\\n        ')}\n      ;;`;
}

function flagSpec({ name, description, values, afterEquals }: FlagWords, call: string): string {
  const about = `[${description.replaceAll(/[[\]\\:]/g, '\\$&')}]`;
  if (values === null) return quote(`${name}${about}`);
  // Doubled colons mark a value that may be left out.
  return afterEquals ? quote(`${name}=-${about}::value:${action(values, call)}`) : quote(`*${name}=${about}:value:${action(values, call)}`);
}

function action({ words, files, toFile }: Values, call: string): string {
  const list = words.join(' ');
  // A space in front: called as it stands. In the action itself a colon would end it.
  if (toFile) return ` ${call}_to_file ${list}`;
  if (files && words.length > 0) return `{_alternative "losses:built-in loss:(${list})" "files:file:_files"}`;
  if (files) return '_files';
  return words.length > 0 ? `(${list})` : ' ';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
