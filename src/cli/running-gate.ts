/** `DIR/gate.json`: what a running gate tells the commands that work on the same data directory. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomically } from './files.ts'

export interface RunningGate {
  readonly pid: number
  /** Where S3 clients connect. */
  readonly endpoint: string
}

const fileOf = (data: string): string => join(data, 'gate.json')

/** Undefined: none runs. */
export function readRunningGate(data: string): RunningGate | undefined {
  try {
    const gate = JSON.parse(readFileSync(fileOf(data), 'utf8')) as RunningGate
    // Signal 0 reaches nobody; it throws where there is no such process.
    process.kill(gate.pid, 0)
    return gate
  } catch {
    return undefined
  }
}

export function announceGate(data: string, gate: RunningGate): void {
  writeFileAtomically(fileOf(data), `${JSON.stringify(gate)}\n`)
}

/** Takes the announcement back, unless another gate has made its own since. */
export function withdrawGate(data: string): void {
  if (readRunningGate(data)?.pid === process.pid) rmSync(fileOf(data), { force: true })
}
