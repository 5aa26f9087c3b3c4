/** Completion for fish: https://fishshell.com/docs/current/completions.html */
import { type CompletedCommand, type CompletedOption, valuedOptions } from './tree.ts'

export function fishCompletion(name: string, tree: readonly CompletedCommand[]): string {
  const lines = tree.flatMap(({ path, commands, options, choices }) => {
    const here = `-n ${quote(`test (__${name}_path) = "${path.join(' ')}"`)}`
    return [
      ...commands.flatMap(({ names, about }) =>
        names.map((word) => `complete -c ${name} -f ${here} -a ${quote(word)} -d ${quote(about)}`),
      ),
      ...choices.map((word) => `complete -c ${name} -f ${here} -a ${quote(word)}`),
      ...options.map(
        (option) => `complete -c ${name} ${here} ${optionWords(option)} -d ${quote(option.about)}`,
      ),
    ]
  })
  const valued = valuedOptions(tree).flatMap(({ names }) => names)
  return `\
# fish completion for ${name}. To use it now: ${name} completion fish | source
function __${name}_path
  set -l known ${tree.map(({ path }) => quote(path.join(' '))).join(' ')}
  set -l path ''
  set -l expected ''
  for word in (commandline -opc)[2..-1]
    if test -n "$expected"
      set expected ''
    else if contains -- $word ${valued.join(' ')}
      set expected 1
    else if not string match -q -- '-*' $word
      set -l longer (string trim -- "$path $word")
      if contains -- $longer $known
        set path $longer
      end
    end
  end
  echo -- $path
end
complete -c ${name} -f
${lines.join('\n')}
`
}

function optionWords({ names, value }: CompletedOption): string {
  const flags = names
    .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(' ')
  switch (value.kind) {
    case 'none':
      return `${flags} -f`
    case 'choices':
      return `${flags} -x -a ${quote(value.choices.join(' '))}`
    case 'file':
      return `${flags} -r -F`
    case 'directory':
      return `${flags} -x -a '(__fish_complete_directories)'`
    case 'text':
      return `${flags} -x`
  }
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
