import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderExample } from '../../src/config/example.ts'
import { environmentName } from '../../src/config/layers.ts'
import { schemaKeys } from '../../src/config/schema.ts'
import { loadConfig } from '../../src/config.ts'

const example = readFileSync('config/s3warden.example.yaml', 'utf8')
/** With every key set. */
const uncommented = example.replace(/^#(?!#)/gm, '')

it('documents the schema as it is (write it anew with `s3warden config example`)', () => {
  expect(example).toBe(renderExample())
})

it('changes nothing as it stands', () => {
  expect(parse(example)).toBeNull()
})

it('names every key, in its place', () => {
  const document = parse(uncommented) as object
  for (const { path } of schemaKeys()) {
    let value: unknown = document
    for (const name of path) {
      expect(value, path.join('.')).toHaveProperty(name)
      value = (value as Record<string, unknown>)[name]
    }
    expect(example).toContain(environmentName(path))
  }
})

it('holds defaults and examples that are accepted', () => {
  const path = join(mkdtempSync(join(tmpdir(), 's3warden-example-')), 'all.yaml')
  writeFileSync(path, uncommented.replace(/secret_key: …/, 'secret_key: aaaaaaaa'))
  const config = loadConfig({ flags: { config: path }, environment: {} })
  const defaults = loadConfig({ flags: {}, environment: {} })
  expect(config.limits).toEqual(defaults.limits)
  expect(config.timeouts).toEqual(defaults.timeouts)
  expect(config.cache).toEqual(defaults.cache)
  expect(config.backend?.endpoint).toEqual(['http://10.0.0.1:7480'])
})
