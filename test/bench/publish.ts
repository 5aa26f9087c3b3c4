/** The results as files that the README shows. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './measure.ts'
import { picture } from './picture.ts'
import { table } from './table.ts'

const RESULTS = join(import.meta.dirname, 'results')

export async function publish(measured: readonly Measured[], notes: readonly string[]): Promise<void> {
  mkdirSync(RESULTS, { recursive: true })
  const where = `${new Date().toISOString().slice(0, 10)}, ${machine()}`
  const lines = [
    `CPU time per request of the whole process: medians; ratios are medians of the ratios of each round. ${where}.`,
    '',
    ...table(measured),
    '',
    ...notes,
    '',
  ]
  writeFileSync(join(RESULTS, 'results.md'), lines.join('\n'))
  writeFileSync(join(RESULTS, 'results.svg'), picture(measured, where))
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
