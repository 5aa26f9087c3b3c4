import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { z } from 'zod'
import { readDocument } from '../../src/access/document.ts'
import { accessFile } from '../../src/access/schema.ts'
import { environmentLayer } from '../../src/config/layers.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import { createWorld } from '../access/support.ts'
import { composeFile, configMap, kubernetesService, statefulSet } from './deployment.ts'
import { environmentOf, readDockerfile } from './dockerfile.ts'

const text = (name: string): string => readFileSync(`config/${name}`, 'utf8')
const image = environmentOf(readDockerfile().stages.at(-1)!)

/** What the gate makes of an environment, files of secrets left out. @throws ConfigError */
function configured(environment: Readonly<Record<string, string>>): Config {
  expect(environmentLayer(environment).faults).toEqual([])
  const present = Object.entries({ ...image, ...environment }).filter(([name]) => !name.endsWith('_FILE'))
  return loadConfig({ flags: {}, environment: Object.fromEntries(present) })
}

/** Milliseconds. */
const seconds = (duration: string | number): number => Number.parseInt(String(duration), 10) * 1000

/** The plan that a file leads to in an empty store, given its secrets. */
async function plan(file: string): Promise<readonly string[]> {
  const { faults, backends, keys } = readDocument('access.yaml', file)
  expect(faults).toEqual([])
  const world = await createWorld()
  world.environment.SECRET = 'a-secret-for-tests'
  const given = file.replace(/secret_key: \{ file: .* \}/g, 'secret_key: { env: SECRET }')
  expect([...backends.entries, ...keys.entries].length).toBeGreaterThan(0)
  return world.steps(given, { mode: 'dry-run' })
}

describe('compose', () => {
  const { services, networks, secrets, volumes } = composeFile.parse(parse(text('compose.example.yaml')))
  const { gate, minio } = services

  it('lets clients reach the gate only', () => {
    expect(minio.ports).toBeUndefined()
    expect(minio.networks).toEqual(['backend'])
    expect(networks.backend?.internal).toBe(true)
    expect(gate.networks).toEqual(['backend', 'clients'])
    const config = configured(gate.environment)
    expect(gate.ports).toEqual([
      expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+:${config.listen.port}$`)),
    ])
  })

  it('hardens the gate, and gives it time to drain', () => {
    expect(gate).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
    const { timeouts } = configured(gate.environment)
    expect(seconds(gate.stop_grace_period ?? '10s')).toBeGreaterThan(timeouts.drain)
  })

  it('names only what there is', () => {
    for (const service of Object.values(services)) {
      for (const name of service.secrets ?? []) expect(Object.keys(secrets)).toContain(name)
      for (const mount of service.volumes) {
        const [source = ''] = mount.split(':')
        if (!source.startsWith('.')) expect(Object.keys(volumes)).toContain(source)
        else expect(text(source.slice(2)).length).toBeGreaterThan(0)
      }
    }
    expect(minio.image).toMatch(/:RELEASE\.[\dTZ-]+$/)
    const [, , mounted] = gate.command
    expect(gate.volumes).toContain(`./compose.access.example.yaml:${mounted}:ro`)
  })

  it('has an access file that is right, for that MinIO', async () => {
    const file = text('compose.access.example.yaml')
    const steps = await plan(file)
    expect(steps).toContain('+ backend default: http://minio:9000')
    expect(steps).toContain('+ key red: written to /data/keys/red.env')
    const [backend] = accessFile.parse(parse(file)).backends ?? []
    expect(backend?.access_key).toBe(minio.environment.MINIO_ROOT_USER)
    expect(backend?.secret_key.file).toBe(minio.environment.MINIO_ROOT_PASSWORD_FILE)
  })
})

describe('Kubernetes', () => {
  const documents = parseAllDocuments(text('kubernetes-sidecar.example.yaml')).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as { readonly kind: string }
  })
  const of = <T>(schema: z.ZodType<T>, kind: string): T =>
    schema.parse(documents.find((document) => document.kind === kind))
  const { template, volumeClaimTemplates } = of(statefulSet, 'StatefulSet').spec
  const pod = template.spec
  const container = (name: string) => {
    const found = pod.containers.find((candidate) => candidate.name === name)
    if (found === undefined) throw new Error(`no container ${name}`)
    return found
  }
  const gate = container('gate')
  const environment = Object.fromEntries(gate.env.map(({ name, value }) => [name, value]))

  it('has the backend listen on loopback, and offers the gate only', () => {
    const { args } = container('minio')
    for (const option of ['--address', '--console-address']) {
      expect(args[args.indexOf(option) + 1]).toMatch(/^127\.0\.0\.1:\d+$/)
    }
    expect(container('minio').ports).toBeUndefined()
    const { selector, ports } = of(kubernetesService, 'Service').spec
    expect(pod.hostNetwork).toBeUndefined()
    expect(template.metadata.labels).toMatchObject(selector)
    expect(ports).toEqual([{ name: 's3', port: 8484, targetPort: 's3' }])
  })

  it('probes where the gate answers, and waits until it has drained', () => {
    const { listen, health_listen, timeouts } = configured(environment)
    expect(gate.ports).toEqual([
      { name: 's3', containerPort: listen.port },
      { name: 'health', containerPort: health_listen?.port },
    ])
    expect(health_listen?.host).toBe('0.0.0.0')
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
      expect(gate[probe]?.httpGet.port).toBe('health')
    }
    expect(gate.livenessProbe?.httpGet.path).toBe('/healthz')
    expect(seconds(pod.terminationGracePeriodSeconds)).toBeGreaterThan(timeouts.drain)
  })

  it('hardens the gate', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(gate.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(pod.automountServiceAccountToken).toBe(false)
  })

  it('mounts only volumes that there are', () => {
    const there = [...pod.volumes, ...volumeClaimTemplates.map(({ metadata }) => metadata)].map(
      ({ name }) => name,
    )
    for (const { volumeMounts } of pod.containers) {
      for (const { name } of volumeMounts) expect(there).toContain(name)
    }
  })

  it('has an access file that is right, and secrets where the Secret has them', async () => {
    const file = of(configMap, 'ConfigMap').data['access.yaml'] ?? ''
    expect(await plan(file)).toContain('+ key red')
    const [, , path] = gate.args
    expect(path).toBe('/etc/s3warden/access/access.yaml')
    const made = text('kubernetes-sidecar.example.yaml')
      .match(/--from-literal=[\w-]+/g)
      ?.map((option) => option.slice(15))
    for (const [, name] of file.matchAll(/\/etc\/s3warden\/secrets\/([\w-]+)/g)) expect(made).toContain(name)
    expect(made).toContain(environment.S3WARDEN_MASTER_KEY_FILE?.split('/').at(-1))
  })
})

describe('systemd', () => {
  const settings = text('s3warden.service')
    .split('\n')
    .filter((line) => /^[A-Z]\w*=/.test(line))
    .map((line) => line.split(/=(.*)/s) as [string, string])
  const all = (name: string): readonly string[] =>
    settings.filter(([key]) => key === name).map(([, value]) => value)
  const one = (name: string): string => {
    expect(all(name)).toHaveLength(1)
    return all(name)[0]!
  }
  const environment = Object.fromEntries(
    all('Environment').map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
  ) as Record<string, string>

  it('starts what there is, with known settings', () => {
    expect(one('ExecStart')).toMatch(/ s3warden serve --config \/etc\/\S+ --access \/etc\/\S+$/)
    expect(one('ExecReload')).toBe('/bin/kill -HUP $MAINPID')
    const config = configured(environment)
    expect(config.data).toBe(`/var/lib/${one('StateDirectory')}`)
    expect(seconds(one('TimeoutStopSec'))).toBeGreaterThan(config.timeouts.drain)
  })

  it('hands secrets over as credentials', () => {
    const names = all('LoadCredential').map((credential) => credential.split(':')[0])
    const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'))
    expect(files.length).toBeGreaterThan(0)
    for (const [, value] of files) expect(names).toContain(value.replace('%d/', ''))
  })

  it.each([
    ['DynamicUser', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['CapabilityBoundingSet', ''],
    ['StateDirectoryMode', '0700'],
  ])('has %s=%s', (name, value) => {
    expect(one(name)).toBe(value)
  })

  it('has nothing that systemd does not know, where it is installed', ({ skip }) => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) skip('systemd-analyze is not installed')
    const { stderr } = spawnSync('systemd-analyze', ['verify', 'config/s3warden.service'], {
      encoding: 'utf8',
    })
    expect(stderr).not.toMatch(/Unknown|Failed to parse|Invalid/)
  })
})

describe('the embedding example', () => {
  it('imports what the package exports', () => {
    const [, names = ''] = /import \{ (.*) \} from 's3warden'/.exec(text('embedding.example.ts')) ?? []
    const index = readFileSync('src/index.ts', 'utf8')
    for (const name of names.split(', ')) expect(index).toContain(name.replace('type ', ''))
  })
})
