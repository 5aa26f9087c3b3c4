/** The Dockerfile as data. https://docs.docker.com/reference/dockerfile/ */
import { readFileSync } from 'node:fs'

export interface Instruction {
  readonly name: string
  /** What follows the name, on one line. */
  readonly text: string
  readonly line: number
}

export interface Stage {
  /** What it starts from, with arguments filled in. */
  readonly image: string
  /** `''`: the image itself. */
  readonly alias: string
  readonly instructions: readonly Instruction[]
}

export function readDockerfile(path = 'Dockerfile'): {
  readonly instructions: readonly Instruction[]
  readonly stages: readonly Stage[]
} {
  const instructions: Instruction[] = []
  let open: { text: string; line: number } | undefined
  for (const [index, raw] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (raw.trim() === '' || raw.trimStart().startsWith('#')) continue
    const text = `${open === undefined ? '' : `${open.text} `}${raw.trim().replace(/\s*\\$/, '')}`
    const line = open?.line ?? index + 1
    open = raw.trimEnd().endsWith('\\') ? { text, line } : undefined
    if (open !== undefined) continue
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(text) ?? []
    instructions.push({ name: name.toUpperCase(), text: rest, line })
  }
  return { instructions, stages: stagesOf(instructions) }
}

function stagesOf(instructions: readonly Instruction[]): readonly Stage[] {
  const variables = new Map<string, string>()
  const stages: (Stage & { instructions: Instruction[] })[] = []
  for (const instruction of instructions) {
    const { name, text } = instruction
    if (name === 'FROM') {
      const [image = '', , alias = ''] = text.split(/\s+/)
      const filled = image.replace(/\$\{(\w+)\}/g, (_, variable: string) => variables.get(variable) ?? '')
      stages.push({ image: filled, alias, instructions: [] })
    } else if (stages.length > 0) stages.at(-1)!.instructions.push(instruction)
    else if (name === 'ARG') {
      const [variable = '', value = ''] = text.split('=')
      variables.set(variable, value)
    }
  }
  return stages
}

/** `A=1 B=2` of an ENV instruction. */
export function assignments(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
}

/** The list of an instruction in exec form; undefined: it is in shell form. */
export function execForm(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined
  return JSON.parse(text) as string[]
}

/** All environment variables of a stage. */
export function environmentOf({ instructions }: Stage): Readonly<Record<string, string>> {
  return Object.assign(
    {},
    ...instructions.filter(({ name }) => name === 'ENV').map(({ text }) => assignments(text)),
  )
}
