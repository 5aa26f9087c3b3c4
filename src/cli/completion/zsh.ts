/** Completion for zsh: https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
import { type CompletedCommand, type CompletedOption, valuedOptions } from './tree.ts'

export function zshCompletion(name: string, tree: readonly CompletedCommand[]): string {
  const cases = tree.map(({ path, commands, options, choices }) => {
    const words = [
      ...commands.flatMap(({ names, about }) => names.map((word) => described(word, about))),
      ...choices.map((word) => described(word, '')),
    ]
    const flags = options.flatMap(({ names, about }) => names.map((word) => described(word, about)))
    return (
      `    ${quote(path.join(' '))})\n` +
      `      commands=(${words.join(' ')})\n` +
      `      options=(${flags.join(' ')})\n` +
      '      ;;'
    )
  })
  const values = valuedOptions(tree).map(
    (option) => `    ${option.names.join('|')}) ${valueWords(option)}; return ;;`,
  )
  const valued = valuedOptions(tree).flatMap(({ names }) => names)
  return `\
#compdef ${name}
# zsh completion for ${name}. To use it now: source <(${name} completion zsh)
_${name}() {
  local path_words='' word expected=''
  local -a commands options known
  local -i index
  known=(${tree.map(({ path }) => quote(path.join(' '))).join(' ')})
  case "\${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  for ((index = 2; index < CURRENT; index++)); do
    word="\${words[index]}"
    if [[ -n $expected ]]; then expected=''; continue; fi
    case "$word" in
      ${valued.join('|')}) expected=1 ;;
      -*) ;;
      *) if (( \${known[(Ie)\${path_words:+$path_words }$word]} )); then path_words="\${path_words:+$path_words }$word"; fi ;;
    esac
  done
  case "$path_words" in
${cases.join('\n')}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe -o option options
  else
    _describe command commands
  fi
}
# Found in $fpath, this file is the function's first call.
if [[ "\${funcstack[1]}" == _${name} ]]; then _${name} "$@"
elif (( $+functions[compdef] )); then compdef _${name} ${name}; fi
`
}

function valueWords({ value }: CompletedOption): string {
  switch (value.kind) {
    case 'choices':
      return `compadd -- ${value.choices.map(quote).join(' ')}`
    case 'file':
      return '_files'
    case 'directory':
      return '_files -/'
    case 'text':
    case 'none':
      return ':'
  }
}

/** A word with its description, between which a colon stands. */
const described = (word: string, about: string): string =>
  quote(about === '' ? word : `${word.replaceAll(':', '\\:')}:${about}`)
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
