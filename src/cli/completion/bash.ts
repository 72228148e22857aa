import type { CommandWords, ProgramWords, Values } from './words.ts';

/** A completion script for bash from 3.2 on, the one that macOS has. */
export function bashScript({ name, version, flags, commands }: ProgramWords): string {
  const call = `_${name}`;
  return `# Completion of ${name} ${version} for bash. In ~/.bashrc: eval "$(${name} completion bash)"
${call}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command='' flag='' words='' files='' found
  COMPREPLY=()
  if ((COMP_CWORD > 1)); then command=\${COMP_WORDS[1]}; fi
  # bash takes --flag=value and json:file apart, into three words each.
  if [[ $cur == = ]]; then flag=$prev cur=''
  elif [[ $prev == = ]]; then flag=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $cur == : ]]; then flag=: cur=''
  elif [[ $prev == : ]]; then flag=:
  elif [[ $prev == --* ]]; then flag=$prev
  fi
  case "$command $flag" in
    *' :') files=yes ;;
${commands.flatMap(flagCases).join('\n')}
    *)
      if [[ $cur == -* ]]; then
        case $command in
${commands.map((command) => `          ${command.name}) words='${command.flags.map((flag) => flag.name).join(' ')}' ;;`).join('\n')}
          '') words='${flags.map((flag) => flag.name).join(' ')}' ;;
        esac
      else
        case $command in
${commands.map(({ name: command, operands }) => `          ${command}) ${assign(operands)} ;;`).join('\n')}
          '') words='${commands.map((command) => command.name).join(' ')}' ;;
        esac
      fi
      ;;
  esac
  while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -W "$words" -- "$cur")
  if [[ -n $files ]]; then
    while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -f -- "$cur")
    # Folders get their slash, and odd names their quotes; bash 3.2 has no compopt.
    compopt -o filenames 2>/dev/null
  fi
  return 0
}
complete -F ${call} ${name}
`;
}

function flagCases({ name, flags }: CommandWords): readonly string[] {
  return flags.flatMap(({ name: flag, values, afterEquals }) => {
    // After a space the next word is no value of such a flag.
    if (values === null || afterEquals) return [];
    return [`    '${name} ${flag}') ${assign(values)} ;;`];
  });
}

function assign({ words, files }: Values): string {
  return `words='${words.join(' ')}'${files ? ' files=yes' : ''}`;
}
