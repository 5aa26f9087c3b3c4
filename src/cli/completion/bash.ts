/** Completion for bash: https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
import { type CompletedCommand, type CompletedOption, valuedOptions } from './tree.ts'

export function bashCompletion(name: string, tree: readonly CompletedCommand[]): string {
  const cases = tree.map(
    ({ path, commands, options, choices }) =>
      `    ${quote(path.join(' '))})\n` +
      `      commands=${quote([...commands.flatMap(({ names }) => names), ...choices].join(' '))}\n` +
      `      options=${quote(options.flatMap(({ names }) => names).join(' '))}\n` +
      '      ;;',
  )
  const values = valuedOptions(tree).map(
    (option) => `    ${pattern(option)}) ${valueWords(option)}; return ;;`,
  )
  const valued = valuedOptions(tree).flatMap(({ names }) => names)
  return `\
# bash completion for ${name}. To use it now: source <(${name} completion bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path='' commands='' options='' known=' ${tree.map(({ path }) => path.join('/')).join(' ')} '
  local word index expected=''
  COMPREPLY=()
  case "$previous" in
${values.join('\n')}
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ -n $expected ]]; then expected=''; continue; fi
    case "$word" in
      ${valued.join('|')}) expected=1 ;;
      -*) ;;
      *) if [[ $known == *" \${path:+\${path// //}/}$word "* ]]; then path="\${path:+$path }$word"; fi ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  fi
}
complete -F _${name} ${name}
`
}

function valueWords({ value }: CompletedOption): string {
  switch (value.kind) {
    case 'choices':
      return `COMPREPLY=($(compgen -W ${quote(value.choices.join(' '))} -- "$current"))`
    case 'file':
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current"))'
    case 'directory':
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current"))'
    case 'text':
    case 'none':
      return ':'
  }
}

const pattern = ({ names }: CompletedOption): string => names.join('|')
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
