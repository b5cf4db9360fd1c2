/** Completion scripts, generated from the table of commands and the table of keys. */
import { flagNames } from '../config.js';
import { COMMANDS, type Command, type SHELLS } from './commands.js';
import { optionFlag, type Option } from './options.js';

export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bash();
    case 'zsh':
      return zsh();
    case 'fish':
      return fish();
  }
}

const names = COMMANDS.map(({ name }) => name).join(' ');
const keyFlags = () => flagNames().map((flag) => `${flag}=`);

/** Every flag that a command takes; an option hides the key of the same name. */
function flagsOf({ options, configured }: Command): readonly string[] {
  const own = options.map((option) => `${optionFlag(option)}=`);
  return [...new Set([...own, ...(configured ? keyFlags() : []), '--help'])];
}

const withChoices = ({ options }: Command): readonly (Option & { choices: readonly string[] })[] =>
  options.filter((o): o is Option & { choices: readonly string[] } => o.choices !== undefined);

/** Bash splits words at "=": after it the word before is "=", and the one before that the flag. */
function bash(): string {
  const values = COMMANDS.flatMap((command) =>
    withChoices(command).map(
      (option) => `    ${command.name}:${optionFlag(option)}) words="${option.choices.join(' ')}" ;;`,
    ),
  );
  const flags = COMMANDS.map((command) => `    ${command.name}) words="${flagsOf(command).join(' ')}" ;;`);
  const args = COMMANDS.filter(({ argument }) => argument?.choices).map(
    ({ name, argument }) => `    ${name}) words="${argument!.choices!.join(' ')}" ;;`,
  );
  return `# bash completion of greenkube
_greenkube() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=serve flag='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case " ${names} " in *" \${COMP_WORDS[i]} "*) command="\${COMP_WORDS[i]}"; break ;; esac
  done
  if [[ $current == '=' ]]; then flag=$previous; current=''
  elif [[ $previous == '=' ]]; then flag="\${COMP_WORDS[COMP_CWORD-2]}"
  elif [[ $previous == --* && $current != -* ]]; then flag=$previous; fi
  if [[ -n $flag ]]; then
    case "$command:$flag" in
${values.join('\n')}
    *) compopt -o default 2>/dev/null; COMPREPLY=(); return ;;
    esac
  elif [[ $current == -* ]]; then
    compopt -o nospace 2>/dev/null
    case "$command" in
${flags.join('\n')}
    esac
  else
    case "$command" in
${args.join('\n')}
    *) words='${names}' ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _greenkube greenkube
`;
}

/** Within single quotes, in a description of zsh and of fish. */
const quoted = (text: string): string => text.replaceAll("'", '’').replace(/[[\]:]/g, ' ');

function zsh(): string {
  const commands = COMMANDS.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`);
  const option = (o: Option) =>
    `${o.repeatable ? '*' : ''}${optionFlag(o)}=[${quoted(o.help)}]:${o.value}:${o.choices ? `(${o.choices.join(' ')})` : '_files'}`;
  const cases = COMMANDS.map((command) => {
    const { argument, options, configured } = command;
    const own = options.map((o) => `'${option(o)}'`);
    const choice = argument?.choices ? [`'1:${argument.name}:(${argument.choices.join(' ')})'`] : [];
    const keys = configured ? ['$keys'] : [];
    return `    ${command.name}) _arguments ${[...own, ...choice, ...keys].join(' ')} '--help' ;;`;
  });
  return `#compdef greenkube
# zsh completion of greenkube
_greenkube() {
  local -a commands keys
  commands=(
${commands.join('\n')}
  )
  keys=(${flagNames()
    .map((flag) => `'${flag}=:value:_files'`)
    .join(' ')})
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe 'command' commands
    return
  fi
  local command=serve
  if (( \${commands[(I)$words[2]:*]} )); then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${cases.join('\n')}
  esac
}
_greenkube "$@"
`;
}

function fish(): string {
  const lines = COMMANDS.flatMap((command) => {
    const { name, summary, options, argument, configured } = command;
    const within = `complete -c greenkube -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c greenkube -n __fish_use_subcommand -f -a ${name} -d '${quoted(summary)}'`,
      ...options.map(
        (o) =>
          `${within} -l ${o.name} -r${o.choices ? ` -f -a '${o.choices.join(' ')}'` : ''} -d '${quoted(o.help)}'`,
      ),
      ...(argument?.choices ? [`${within} -f -a '${argument.choices.join(' ')}'`] : []),
      ...(configured
        ? flagNames()
            .filter((flag) => !options.some((o) => optionFlag(o) === flag))
            .map((flag) => `${within} -l ${flag.slice(2)} -r`)
        : []),
    ];
  });
  return `# fish completion of greenkube\n${lines.join('\n')}\n`;
}
