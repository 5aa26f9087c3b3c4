/** The rules that hold the parts together, so that they need not be remembered. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { partOf, SOURCE } from './source.ts'

/**
 * Each part with what it may import, lowest first: a part may only name parts above it in this list, so that imports
 * run downward. A whole path stands for that one file.
 */
const PARTS: readonly (readonly [part: string, imports: readonly string[]])[] = [
  ['nearest', []],
  ['yaml-fault', []],
  ['version', []],
  ['s3', []],
  ['iam', ['s3']],
  ['sigv4', ['s3', 'src/iam/secret.ts']],
  ['config', ['nearest', 'yaml-fault', 's3', 'src/iam/secret.ts', 'src/iam/address.ts']],
  ['observe', ['config']],
  ['store', ['iam']],
  ['services', ['store', 'iam', 's3', 'sigv4']],
  ['access', ['nearest', 'yaml-fault', 'services', 'store', 'iam', 's3']],
  ['embedded', ['sigv4', 's3', 'src/iam/secret.ts']],
  ['proxy', ['observe', 'iam', 'sigv4', 's3']],
  [
    'control',
    [
      'src/proxy/certificate.ts',
      'src/proxy/client-address.ts',
      'src/proxy/web-server.ts',
      'version',
      'observe',
      'config',
      'services',
      'store',
      'iam',
      'sigv4',
      's3',
    ],
  ],
  [
    'gate',
    [
      'control',
      'access',
      'version',
      'proxy',
      'embedded',
      'services',
      'store',
      'observe',
      'config',
      'iam',
      'sigv4',
      's3',
    ],
  ],
  ['index', ['gate', 'services', 'store', 'config', 'observe', 'iam', 's3']],
  [
    'cli',
    [
      'gate',
      'access',
      'version',
      'control',
      'proxy',
      'services',
      'store',
      'observe',
      'config',
      'iam',
      'sigv4',
      's3',
      'nearest',
      // What the command line and the gate's own tests of a backend share.
      'embedded',
    ],
  ],
  ['s3warden', ['cli']],
]

/** Where each third-party package is known: one file or folder, so that it can be replaced there. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@marcbachmann/cel-js': ['src/iam/condition/'],
  aws4: ['src/sigv4/aws4-signer.ts'],
  // Two databases: the store's, and the index of the embedded development store, which is a backend and shares nothing.
  'better-sqlite3': ['src/store/database.ts', 'src/embedded/index/database.ts'],
  commander: ['src/cli/'],
  'fast-xml-parser': ['src/s3/xml.ts'],
  'hash-wasm': ['src/sigv4/checksum.ts'],
  '@node-rs/crc32': ['src/sigv4/checksum.ts'],
  'ipaddr.js': ['src/iam/address.ts'],
  // Each table that is bounded is bounded by it.
  'lru-cache': ['src/store/', 'src/sigv4/', 'src/proxy/', 'src/control/'],
  picocolors: ['src/cli/terminal.ts'],
  pino: ['src/observe/log.ts'],
  'prom-client': ['src/observe/metrics.ts'],
  re2js: ['src/iam/condition/'],
  undici: ['src/proxy/backend/'],
  // What people write: the configuration, and the file of who may do what.
  yaml: ['src/config/', 'src/access/', 'src/yaml-fault.ts'],
  // What comes from outside: those two, and the control plane's bodies.
  zod: ['src/config', 'src/access/', 'src/control/'],
}

/** Names that say nothing of what is inside. */
const NAMELESS =
  /^(utils?|helpers?|common|misc|shared|lib|base|core|manager|stuff|types|constants|interfaces)\.[jt]s$/

describe('parts', () => {
  test('each is in the table, and the table runs downward', () => {
    const known = PARTS.map(([part]) => part)
    expect([...new Set(SOURCE.map(({ part }) => part))].filter((part) => !known.includes(part))).toEqual([])
    for (const [index, [part, imports]] of PARTS.entries()) {
      const upward = imports
        .map((name) => (name.startsWith('src/') ? partOf(name) : name))
        .filter((name) => !known.slice(0, index).includes(name))
      expect([part, upward]).toEqual([part, []])
    }
  })

  test.for(PARTS)('%s imports only what is below it', ([part, allowed]) => {
    const strays = SOURCE.filter((file) => file.part === part).flatMap(({ path, imports }) =>
      imports
        .filter(({ kind, of }) => kind === 'own' && partOf(of) !== part)
        .filter(({ of }) => !allowed.includes(of) && !allowed.includes(partOf(of)))
        .map(({ of }) => `${path} → ${of}`),
    )
    expect(strays).toEqual([])
  })

  test('no file imports itself in a circle', () => {
    const graph = new Map(
      SOURCE.map(({ path, imports }) => [
        path,
        imports.filter(({ kind, typeOnly }) => kind === 'own' && !typeOnly).map(({ of }) => of),
      ]),
    )
    const done = new Set<string>()
    const visit = (path: string, trail: readonly string[]): readonly string[] => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
      if (done.has(path)) return []
      for (const next of graph.get(path) ?? []) {
        const circle = visit(next, [...trail, path])
        if (circle.length > 0) return circle
      }
      done.add(path)
      return []
    }
    for (const path of graph.keys()) expect(visit(path, [])).toEqual([])
  })
})

describe('packages', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Readonly<Record<string, string>>
  }

  test('the table names those that the program depends on', () => {
    expect(new Set(Object.keys(dependencies))).toEqual(new Set(Object.keys(PACKAGES)))
  })

  test.for(Object.entries(PACKAGES))('%s is known in one place', ([name, places]) => {
    const importers = SOURCE.filter(({ imports }) => imports.some(({ of }) => of === name)).map(
      ({ path }) => path,
    )
    expect(importers.length).toBeGreaterThan(0)
    expect(importers.filter((path) => !places.some((place) => path.startsWith(place)))).toEqual([])
  })
})

describe('habits', () => {
  test('the environment is read by the command line alone', () => {
    const readers = SOURCE.filter(({ text }) => text.includes('process.env')).map(({ path }) => path)
    expect(readers.filter((path) => !path.startsWith('src/cli/') && !path.startsWith('src/config'))).toEqual(
      [],
    )
  })

  test('no file is named after nothing', () => {
    expect(
      SOURCE.filter(({ path }) => NAMELESS.test(path.split('/').at(-1) ?? '')).map(({ path }) => path),
    ).toEqual([])
  })

  test('nothing is switched off for the compiler, and nothing is left to do', () => {
    const silenced = /@ts-(ignore|nocheck|expect-error)|\b(TODO|FIXME|XXX)\b/
    expect(SOURCE.filter(({ text }) => silenced.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('22: signatures are compared in one place, in constant time', () => {
    const compares = /[sS]ignature\s*[!=]==(?!\s*(?:undefined|null|''))/
    const sources = SOURCE.filter(({ part }) => part === 'sigv4' || part === 'proxy' || part === 'services')
    expect(sources.filter(({ text }) => compares.test(text)).map(({ path }) => path)).toEqual([])
    const users = sources.filter(({ text }) => /\bsignaturesEqual\(/.test(text)).map(({ path }) => path)
    expect(users).toContain('src/sigv4/verify.ts')
    expect(users).toContain('src/sigv4/chunk-signatures.ts')
  })

  test('every file opens with what it owns', () => {
    const mute = SOURCE.filter(({ text }) => !/^(#!.*\n)?(\/\/ biome-ignore-all.*\n)?\/\*\*/.test(text))
    expect(mute.map(({ path }) => path)).toEqual([])
  })
})
