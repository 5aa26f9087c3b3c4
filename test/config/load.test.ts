import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Config, ConfigError, loadConfig } from '../../src/config.ts'
import { Secret } from '../../src/iam/secret.ts'

const directory = mkdtempSync(join(tmpdir(), 's3warden-config-'))
let files = 0

function file(content: string): string {
  const path = join(directory, `${files++}`)
  writeFileSync(path, content)
  return path
}

const load = (
  flags: Record<string, string | undefined> = {},
  environment: Record<string, string | undefined> = {},
): Config => loadConfig({ flags, environment })

function faultsOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('there was no fault')
}

const BACKEND = {
  S3WARDEN_BACKEND_ENDPOINT: 'http://10.0.0.1:7480',
  S3WARDEN_BACKEND_ACCESS_KEY: 'GATE',
  S3WARDEN_BACKEND_SECRET_KEY: 'hunter2hunter2',
}

describe('what is not given', () => {
  it('has a default', () => {
    const config = load()
    expect(config).toMatchObject({
      listen: { host: '127.0.0.1', port: 8484 },
      health_listen: null,
      backend: null,
      sigv2: false,
      presign_max_expiry: 7 * 86_400_000,
      limits: { released_name: 3_600_000, rate_per_key: null },
    })
  })

  it('cannot be changed afterwards', () => {
    const config = load()
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.limits)).toBe(true)
    expect(Object.isFrozen(config.listen)).toBe(true)
  })
})

describe('precedence', () => {
  const path = file('listen: 127.0.0.1:1\nregion: from-file\nlog_level: warn\n')
  const environment = { S3WARDEN_LISTEN: '127.0.0.1:2', S3WARDEN_REGION: 'from-env' }

  it('is option, environment, file, default', () => {
    const config = load({ config: path, listen: '127.0.0.1:3' }, environment)
    expect([config.listen.port, config.region, config.log_level, config.workers]).toEqual([
      3,
      'from-env',
      'warn',
      1,
    ])
  })

  it('holds for the file as well', () => {
    const other = file('region: other\n')
    expect(load({}, { S3WARDEN_CONFIG: path }).region).toBe('from-file')
    expect(load({ config: other }, { S3WARDEN_CONFIG: path }).region).toBe('other')
  })

  it('takes an empty variable for none', () => {
    expect(load({}, { S3WARDEN_REGION: '', S3WARDEN_CONFIG: '' }).region).toBe('us-east-1')
  })
})

describe('secrets', () => {
  it('come as a type that does not print', () => {
    const config = load({}, BACKEND)
    expect(config.backend?.secret_key).toBeInstanceOf(Secret)
    expect(config.backend?.secret_key.reveal()).toBe('hunter2hunter2')
    expect(JSON.stringify(config)).not.toContain('hunter2')
  })

  it('come from files, without the line end', () => {
    const { S3WARDEN_BACKEND_SECRET_KEY: _, ...rest } = BACKEND
    const config = load({}, { ...rest, S3WARDEN_BACKEND_SECRET_KEY_FILE: file('from-a-file\n') })
    expect(config.backend?.secret_key.reveal()).toBe('from-a-file')
  })

  it('given higher up win over files named lower down', () => {
    const path = file(`backend:\n  secret_key_file: ${file('low')}\n`)
    expect(load({ config: path }, BACKEND).backend?.secret_key.reveal()).toBe('hunter2hunter2')
    const inline = file('backend:\n  secret_key: low\n')
    const { S3WARDEN_BACKEND_SECRET_KEY: _, ...rest } = BACKEND
    const environment = { ...rest, S3WARDEN_BACKEND_SECRET_KEY_FILE: file('high') }
    expect(load({ config: inline }, environment).backend?.secret_key.reveal()).toBe('high')
  })

  it.each([
    ['a bad master key', {}, { S3WARDEN_MASTER_KEY: 'not-a-master-key' }, 'not-a-master-key'],
    ['a bad secret', {}, { ...BACKEND, S3WARDEN_BACKEND_SECRET_KEY: 'with spaces in it' }, 'with spaces'],
    ['one in a file', { config: file('backend:\n  secret_key: [nested, thing]\n') }, {}, 'nested'],
    [
      'one that is named in a file',
      {},
      { S3WARDEN_MASTER_KEY_FILE: file('topsecret-but-too-short') },
      'topsecret',
    ],
    ['one without its quote', { config: file('backend:\n  secret_key: "topsecret\n') }, {}, 'topsecret'],
    ['one behind a bracket', { config: file('backend:\n  secret_key: ]topsecret\n') }, {}, 'topsecret'],
    ['one behind a bar', { config: file('backend:\n  secret_key: | topsecret\n') }, {}, 'topsecret'],
    ['one behind a bar and a digit', { config: file('master_key: |9topsecret\n') }, {}, 'topsecret'],
    ['one that looks like a tag', { config: file('master_key: !topsecret!x y\n') }, {}, 'topsecret'],
    ['one that looks like an alias', { config: file('master_key: *topsecret\n') }, {}, 'topsecret'],
  ])('are not echoed: %s', (_name, flags, environment, text) => {
    expect(faultsOf(() => load(flags, environment))).not.toContain(text)
  })
})

describe('values', () => {
  it.each<[key: string, given: string, read: (config: Config) => unknown, expected: unknown]>([
    ['listen', '[::1]:80', ({ listen }) => listen, { host: '::1', port: 80 }],
    ['listen', 'localhost:0', ({ listen }) => listen, { host: 'localhost', port: 0 }],
    ['health_listen', 'off', (config) => config.health_listen, null],
    ['health_listen', '0.0.0.0:9', (config) => config.health_listen, { host: '0.0.0.0', port: 9 }],
    ['regions', 'fr-par, nl-ams,fr-par', ({ regions }) => regions, ['fr-par', 'nl-ams']],
    ['domains', 'S3.Example.org.', ({ domains }) => domains, ['s3.example.org']],
    ['presign_max_expiry', '36h', (config) => config.presign_max_expiry, 129_600_000],
    ['sigv2', 'true', ({ sigv2 }) => sigv2, true],
    ['workers', '4', ({ workers }) => workers, 4],
    [
      'public_endpoints',
      'https://s3.example.org/, http://example.org:80/s3/',
      (config) => config.public_endpoints,
      ['https://s3.example.org', 'http://example.org/s3'],
    ],
    ['limits_header_size', '64KiB', ({ limits }) => limits.header_size, 65_536],
    ['limits_rate_per_key', 'unlimited', ({ limits }) => limits.rate_per_key, null],
    ['limits_rate_per_key', '50', ({ limits }) => limits.rate_per_key, 50],
    ['trusted_proxies', '10.0.0.0/8,::1', (config) => config.trusted_proxies.length, 2],
  ])('%s: %s', (key, given, read, expected) => {
    expect(read(load({}, { [`S3WARDEN_${key.toUpperCase()}`]: given }))).toEqual(expected)
  })

  it('of several endpoints make one backend', () => {
    const environment = { ...BACKEND, S3WARDEN_BACKEND_ENDPOINT: 'http://a:1,http://b:2' }
    expect(load({}, environment).backend?.endpoint).toEqual(['http://a:1', 'http://b:2'])
  })

  it('may be YAML of their own kind', () => {
    const config = load({
      config: file(
        'workers: 2\nsigv2: true\nregions: [fr-par]\ntrusted_proxies: []\nlimits: { rate_per_key: 5 }\nbackend:\n',
      ),
    })
    expect(config).toMatchObject({ workers: 2, sigv2: true, regions: ['fr-par'], backend: null })
  })
})

/** What is wrong with it, and what the message must say. */
type Fault = readonly [name: string, yaml: string, environment: Record<string, string>, said: string[]]
const FAULTS: readonly Fault[] = [
  ['an unknown key', 'listn: a', {}, ['listn', ':1', 'did you mean `listen`?']],
  [
    'an unknown key in a group',
    'limits:\n  header_sise: 1',
    {},
    ['limits.header_sise', ':2', '`header_size`'],
  ],
  ['an unknown variable', '', { S3WARDEN_LISTN: 'x' }, ['S3WARDEN_LISTN', '`S3WARDEN_LISTEN`']],
  ['a port that is none', 'listen: localhost:65536', {}, ['listen', '"localhost:65536" given', 'HOST:PORT']],
  ['a port without a host', '', { S3WARDEN_LISTEN: '8484' }, ['environment S3WARDEN_LISTEN', '"8484" given']],
  [
    'a URL with a path',
    '',
    { ...BACKEND, S3WARDEN_BACKEND_ENDPOINT: 'http://a/b' },
    ['backend.endpoint', 'URL'],
  ],
  ['a URL with a user', '', { S3WARDEN_PUBLIC_ENDPOINTS: 'http://u:p@a' }, ['public_endpoints', 'URL']],
  ...['http://a/b/../c', 'http://a/b%20c', 'http://a/b?c', 'http://a/b#c', 'ftp://a', 'http://a/b//c'].map(
    (url): Fault => [
      `a public URL that clients would not sign as it is: ${url}`,
      `public_endpoints: ["${url}"]`,
      {},
      ['public_endpoints', url, 'such as https://s3.example.org'],
    ],
  ),
  [
    'a public URL below another one',
    'public_endpoints: [https://a/s3, https://b, https://a]',
    {},
    ['public_endpoints', 'https://a/s3 is below https://a'],
  ],
  [
    'more public URLs than a wrong signature is to be tried for',
    `public_endpoints: [${Array.from({ length: 9 }, (_, i) => `http://a${i}`).join(', ')}]`,
    {},
    ['public_endpoints', 'at most 8'],
  ],
  [
    'the name that the public URLs had before',
    '',
    { S3WARDEN_PUBLIC_ENDPOINT: 'http://a' },
    ['S3WARDEN_PUBLIC_ENDPOINT', 'did you mean `S3WARDEN_PUBLIC_ENDPOINTS`'],
  ],
  [
    'a backend without credentials',
    'backend:\n  endpoint: http://a',
    {},
    ['backend.access_key', 'backend.secret_key'],
  ],
  [
    'a backend without endpoint',
    '',
    { S3WARDEN_BACKEND_ACCESS_KEY: 'a' },
    ['backend.endpoint', 'backend.secret_key'],
  ],
  ['a kind that is none', 'backend:\n  kind: swift', {}, ['backend.kind', 'generic, ceph, minio, aws']],
  ['a group that is a value', 'limits: 5', {}, ['limits', 'a map of keys']],
  ['a key twice', 'region: a\nregion: b', {}, [':2', 'YAML']],
  ['no map', '- a', {}, ['a map of keys']],
  ['no YAML', 'a: [', {}, ['YAML']],
  ['a long duration', 'presign_max_expiry: 8d', {}, ['presign_max_expiry', '"8d" given', '1s to 7d']],
  [
    'a duration without unit',
    'timeouts:\n  idle: 30',
    {},
    ['timeouts.idle', ':2', '30 given', 'such as 30s'],
  ],
  ['a small size', 'limits: { header_size: 10B }', {}, ['limits.header_size', '8KiB to 1MiB']],
  ['a truth that is none', '', { S3WARDEN_SIGV2: 'yes' }, ['sigv2', '"yes" given', 'true or false']],
  ['a range that is none', 'trusted_proxies: [10.0.0.0/33]', {}, ['trusted_proxies', '10.0.0.0/33']],
  ['a domain with a port', 'domains: ["s3.example.org:80"]', {}, ['domains', 'domain name']],
  ['a CA that is none', '', { ...BACKEND, S3WARDEN_BACKEND_CA: 'x' }, ['backend.ca', 'PEM']],
  [
    'a file that is not there',
    'master_key_file: /nowhere/at/all',
    {},
    ['master_key_file', '/nowhere/at/all', 'ENOENT'],
  ],
  ['a value and its file', 'master_key: a\nmaster_key_file: b', {}, ['master_key', 'only one of the two']],
  [
    'a name released before a late upload can have ended',
    'limits: { released_name: 1m }',
    {},
    ['limits.released_name', 'timeouts.backend_slow_answer'],
  ],
  [
    'two listeners on one address',
    'listen: 127.0.0.1:80\nhealth_listen: 127.0.0.1:80',
    {},
    ['health_listen', 'another address than `listen`'],
  ],
  [
    'three listeners on one address',
    'listen: 127.0.0.1:80\nhealth_listen: 127.0.0.1:80\ncontrol_listen: 127.0.0.1:80',
    {},
    ['3 faults', 'control_listen', 'another address than `health_listen`'],
  ],
]

describe('faults', () => {
  it.each(FAULTS)('%s', (_name, yaml, environment, said) => {
    const message = faultsOf(() => load({ config: file(yaml) }, environment))
    for (const text of said) expect(message).toContain(text)
  })

  it.each([
    'master_key: !hunter2!',
    'master_key: "\\Uhunter2"',
    'master_key: @hunter2',
    'master_key: ]hunter2',
    '%YAML hunter2\n---\na: b',
  ])('of YAML tell nothing of what is there: %j', (yaml) => {
    const message = faultsOf(() => load({ config: file(yaml) }))
    expect(message).toContain('YAML (')
    expect(message).not.toContain('unter2')
  })

  it('of a file that cannot be read', () => {
    expect(faultsOf(() => load({ config: join(directory, 'missing') }))).toContain('ENOENT')
  })

  it('are reported all together', () => {
    const path = file('listn: a\nlimits:\n  header_size: 1\nbackend:\n  endpoint: ftp://b\n')
    const message = faultsOf(() =>
      load({ config: path, listen: 'x' }, { S3WARDEN_WORKERS: '0', S3WARDEN_NO: 'x' }),
    )
    for (const said of [
      'configuration has 8 faults',
      'listn',
      'limits.header_size',
      'backend.endpoint',
      'backend.access_key',
      'backend.secret_key',
      '--listen',
      'S3WARDEN_WORKERS',
      'S3WARDEN_NO',
    ]) {
      expect(message).toContain(said)
    }
  })

  it.each([
    'S3WARDEN_SERVICE_HOST',
    'S3WARDEN_SERVICE_PORT_S3',
    'S3WARDEN_PORT',
    'S3WARDEN_PORT_8484_TCP_ADDR',
  ])('are none where Kubernetes sets %s', (name) => {
    expect(load({}, { [name]: 'tcp://10.0.0.1:8484' }).workers).toBe(1)
  })
})
