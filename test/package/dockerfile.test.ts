import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { environmentOf, execForm, readDockerfile } from './dockerfile.ts'

const { instructions, stages } = readDockerfile()
const image = stages.at(-1)!
const texts = (name: string): readonly string[] =>
  image.instructions.filter((instruction) => instruction.name === name).map(({ text }) => text)
const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }

describe('the Dockerfile', () => {
  it('knows no other instructions than these', () => {
    const known = [
      'ARG',
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'ENV',
      'VOLUME',
      'USER',
      'EXPOSE',
      'STOPSIGNAL',
      'HEALTHCHECK',
      'ENTRYPOINT',
      'CMD',
    ]
    expect(instructions.filter(({ name }) => !known.includes(name))).toEqual([])
  })

  it('starts every stage from one slim Node, pinned to the patch, that is new enough', () => {
    expect(stages.length).toBeGreaterThan(1)
    for (const stage of stages) {
      const [, major = ''] =
        /^node:(\d+)\.\d+\.\d+-[a-z]+-slim(?:@sha256:[0-9a-f]{64})?$/.exec(stage.image) ?? []
      expect(Number(major)).toBeGreaterThanOrEqual(Number(engines.node.replace('>=', '')))
    }
  })

  it('names its stages, and copies from those only', () => {
    expect(stages.map(({ alias }) => alias)).toEqual(['build', 'packages', ''])
    const from = instructions.flatMap(({ text }) => /--from=(\S+)/.exec(text)?.[1] ?? [])
    expect(from.sort()).toEqual(['build', 'packages'])
  })

  it('installs what the lock file says and runs nobody’s scripts', () => {
    const installs = instructions.filter(
      ({ name, text }) => name === 'RUN' && /npm (ci|i|install)\b/.test(text),
    )
    expect(installs).toHaveLength(2)
    for (const { text } of installs) expect(text).toMatch(/npm ci .*--ignore-scripts/)
    expect(installs[1]!.text).toContain('--omit=dev')
  })

  it('puts nothing into the image but the program and its packages, and no secret', () => {
    expect(texts('COPY')).toEqual([
      'package.json LICENSE ./',
      '--from=packages /packages/node_modules ./node_modules',
      '--from=build /build/dist ./dist',
    ])
    for (const { text } of instructions) expect(text).not.toMatch(/secret|password|token/i)
  })

  it('runs as a user without rights, by number, and without a shell in between', () => {
    expect(texts('USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    const last = image.instructions.findLast(({ name }) => name === 'RUN' || name === 'USER')
    expect(last?.name).toBe('USER')
    for (const text of [...texts('ENTRYPOINT'), ...texts('CMD'), ...texts('VOLUME')]) {
      expect(execForm(text)).toBeDefined()
    }
    expect(execForm(/CMD (.*)$/.exec(texts('HEALTHCHECK')[0]!)![1]!)).toEqual([
      ...execForm(texts('ENTRYPOINT')[0]!)!,
      'health',
    ])
  })

  it('configures the gate with what it knows, and has it drained before Docker loses patience', () => {
    const config = loadConfig({ flags: {}, environment: environmentOf(image) })
    expect(config.data).toBe('/data')
    expect(execForm(texts('VOLUME')[0]!)).toEqual([config.data])
    expect(texts('EXPOSE')).toEqual([String(config.listen.port)])
    expect(config.health_listen).not.toBeNull()
    expect(config.timeouts.drain).toBeLessThan(10_000)
    expect(texts('STOPSIGNAL')).toEqual(['SIGTERM'])
  })

  it('is given by the builder’s context exactly what it copies', () => {
    const allowed = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const copied = instructions
      .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
      .flatMap(({ text }) => text.split(/\s+/).slice(0, -1))
    expect(new Set(copied)).toEqual(new Set(allowed))
  })
})
