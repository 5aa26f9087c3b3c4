/** That the benches work, in a few seconds; what they find in so short a time means nothing, and is not looked at. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { WORKLOADS } from './workloads.ts'

/** @returns what it printed @throws Error where it failed */
async function bench(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, file), ...args], {
    env: { ...process.env, ...env },
  })
  return stdout
}

/** Cells of the lines of tables that have a number in one of them. */
const rows = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => /^\|.*\d (µs|ms|MiB) \|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))

const TIME = /^\d+(\.\d+)? (µs|ms)$/
const QUICK = ['--rounds', '1', '--share', '0.001', '--print']

test('every workload, two workers and latency', async () => {
  const printed = await bench('run.ts', QUICK)
  const found = rows(printed)
  expect(found.slice(0, WORKLOADS.length).map(([, name]) => name)).toEqual(WORKLOADS.map(({ name }) => name))
  for (const [, name, nginx, bare, gate] of found.slice(0, WORKLOADS.length)) {
    expect(gate, name).toMatch(TIME)
    const { key } = WORKLOADS.find((workload) => workload.name === name)!
    if (key === 'full') expect(bare, name).toMatch(TIME)
    if (key === 'full' && !printed.includes('nginx is not installed')) expect(nginx, name).toMatch(TIME)
  }
  expect(printed).toMatch(/^Two workers, .* µs of CPU time per request/m)
  expect(found.slice(WORKLOADS.length).map(([, name]) => name)).toEqual(
    printed.includes('nginx is not installed') ? ['bare', 'gate'] : ['nginx', 'bare', 'gate'],
  )
})

test('without nginx', async () => {
  const printed = await bench('run.ts', [...QUICK, '--only', 'GET 1 KiB'], { PATH: '' })
  expect(printed).toContain('nginx is not installed')
  expect(rows(printed).map(([, name, nginx]) => [name, nginx])).toEqual([['GET 1 KiB', '–']])
})

test('memory', async () => {
  const printed = await bench('memory.ts', ['--share', '0.002', '--print'])
  const found = rows(printed).map(([, what]) => what)
  expect(found).toHaveLength(4)
  expect(found[2]).toContain('2 still served')
})

test('decisions', async () => {
  const printed = await bench('decide.ts', ['--share', '0.001'])
  expect(printed).toMatch(/^10 rules with conditions: \d+\.\d+ µs a decision/m)
  expect(printed).toMatch(/^1000 rules with conditions: \d+\.\d+ µs a decision/m)
})

test('scale', async () => {
  const printed = await bench('scale.ts', ['--share', '0.0001'])
  expect(printed).toMatch(/^keys that were gone right after they were revoked: 50 of 50 \(met\)$/m)
  expect(printed).toMatch(/^from start to the first connection: \d/m)
})
