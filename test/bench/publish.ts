/** The results as files that the README shows. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './measure.ts'
import { picture } from './picture.ts'
import { type Grown, memoryTable, table } from './table.ts'

const RESULTS = join(import.meta.dirname, 'results')

export async function publish(measured: readonly Measured[], notes: readonly string[]): Promise<void> {
  const where = here()
  const lines = [
    `CPU time per request of the whole process: medians; ratios are medians of the ratios of each round. ${where}.`,
    '',
    ...table(measured),
    '',
    ...notes,
    '',
  ]
  write('results.md', lines.join('\n'))
  write('results.svg', picture(measured, where))
}

export function publishMemory(found: readonly Grown[]): void {
  const lines = [`Resident memory of the gate's process. ${here()}.`, '', ...memoryTable(found), '']
  write('memory.md', lines.join('\n'))
}

function write(name: string, text: string): void {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, name), text)
}

/** When and on what. */
function here(): string {
  return `${new Date().toISOString().slice(0, 10)}, ${machine()}`
}

function machine(): string {
  const processors = cpus()
  const nginx = spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? ''
  return [
    `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`,
    `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    `Linux ${release().split('-')[0]}`,
    `Node ${process.versions.node}`,
    nginx.trim().replace('nginx version: nginx/', 'nginx ') || 'no nginx',
  ].join(', ')
}
