/** What a block of commands asks for: each command with the output that the document shows for it. */
import type { Block } from '../markdown.ts'

export interface Step {
  readonly command: string
  /** Undefined: the document shows no output, only that it works. */
  readonly output: readonly string[] | undefined
}

/** Languages whose blocks are commands, and therefore run. */
export const COMMAND_LANGUAGES: ReadonlySet<string> = new Set(['sh', 'console'])

const PROMPT = '$ '

/** `sh`: a command a line. `console`: a command behind each `$ `, and its output. A `\` at the end goes on. */
export function stepsOf({ language, text }: Block): readonly Step[] {
  const lines = text.replaceAll('\\\n', '').split('\n')
  if (language === 'sh') {
    return lines.filter((line) => line !== '').map((command) => ({ command, output: undefined }))
  }
  const steps: { command: string; output: string[] }[] = []
  for (const line of lines) {
    if (line.startsWith(PROMPT)) steps.push({ command: line.slice(PROMPT.length), output: [] })
    else steps.at(-1)?.output.push(line)
  }
  return steps
}
