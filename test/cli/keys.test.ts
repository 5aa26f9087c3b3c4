import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { commandLine } from './cli.ts'

// Each command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

interface Key {
  readonly access_key: string
  readonly secret_key: string
  readonly [field: string]: unknown
}

const s3warden = commandLine()
const create = (...options: string[]) =>
  s3warden.json<Key>(['key', 'create', '--application', 'backup', ...options])

beforeAll(async () => {
  await s3warden.json(['bootstrap'])
  await s3warden.json(['app', 'create', 'backup'])
  await s3warden.json(['project', 'create', 'media'])
})

describe('a key', () => {
  it('shows its secret once', async () => {
    const key = await create(
      '--name',
      'first',
      '--description',
      'laptop',
      '--project',
      'media',
      '--expires',
      '90d',
    )
    expect(key.access_key).toMatch(/^SCW[A-Z0-9]{17}$/)
    expect(key.secret_key).toMatch(/^[0-9a-f-]{36}$/)
    expect(key).toMatchObject({ name: 'first', description: 'laptop', restrictions: null })
    const days = (Date.parse(String(key.expires_at)) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(90, 1)
    const shown = [
      await s3warden(['key', 'get', 'first']),
      await s3warden(['key', 'list']),
      await s3warden(['log', 'list']),
    ]
    for (const { code, stdout } of shown) {
      expect([code, stdout.includes(key.secret_key)]).toEqual([0, false])
    }
  })

  it.each([
    ['exoscale', /^EXO[0-9a-f]{24}$/, /^.{43}$/],
    ['keystone', /^[0-9a-f]{32}$/, /^[0-9a-f]{32}$/],
  ])('of the format %s', async (format, accessKey, secretKey) => {
    const key = await create('--format', format)
    expect(key.access_key).toMatch(accessKey)
    expect(key.secret_key).toMatch(secretKey)
  })

  it('is limited by the options, several or comma-separated', async () => {
    const { restrictions } = await create(
      ...['--operation', 'get-sos-object,list-sos-bucket', '--operation', 'PutObject', '--tag', 'sos'],
      ...['--resource', 'sos/bucket:photos/a,b*,sos/bucket:films', '--region', 'fr-par,nl-ams'],
    )
    expect(restrictions).toEqual({
      operations: ['get-sos-object', 'list-sos-bucket', 'PutObject'],
      tags: ['sos'],
      resources: [
        { bucket: 'photos', prefix: 'a,b' },
        { bucket: 'films', prefix: null },
      ],
      regions: ['fr-par', 'nl-ams'],
    })
  })

  it('is made like another, or through another and never beyond it', async () => {
    const parent = await create('--operation', 'get-sos-object', '--resource', 'sos/bucket:photos')
    const alike = await s3warden.json<Key>(['key', 'create', '--template', parent.access_key])
    expect(alike.restrictions).toEqual(parent.restrictions)
    const child = await s3warden.json<Key>(['key', 'create', '--through', parent.access_key])
    expect(child).toMatchObject({
      parent_access_key: parent.access_key,
      restrictions: parent.restrictions,
    })
    const broader = ['key', 'create', '--through', parent.access_key, '--operation', 'put-sos-object']
    expect((await s3warden(broader)).code).not.toBe(0)
    const gone = await s3warden.json<{ result: string }[]>(['key', 'revoke', parent.access_key, '--yes'])
    expect(gone[0]?.result).toBe(`revoked, with ${child.access_key}`)
  })

  it('is imported with its secret from a file or standard input', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 's3warden-secret-')), 'secret')
    writeFileSync(file, 'an-old-secret\n')
    const options = ['--application', 'backup', '--secret-key-file']
    const imported = await s3warden.json(['key', 'import', 'AKIAIOSFODNN7EXAMPLE', ...options, file])
    expect(imported).toMatchObject({ access_key: 'AKIAIOSFODNN7EXAMPLE', imported: true })
    expect(JSON.stringify(imported)).not.toContain('an-old-secret')
    expect(
      await s3warden.json(['key', 'import', 'OLD.KEY_2', ...options, '-'], 'other-secret'),
    ).toMatchObject({
      access_key: 'OLD.KEY_2',
    })
    const again = await s3warden(['key', 'import', 'OLD.KEY_2', ...options, '-'], { input: 'third-secret' })
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('`OLD.KEY_2` already')])
    expect(again.stderr).not.toContain('third-secret')
  })

  it('is rotated: a successor like it, and an end for the old one', async () => {
    const old = await create('--name', 'rotating', '--operation', 'get-sos-object')
    const next = await s3warden.json<Key>(['key', 'rotate', old.access_key, '--grace', '1h'])
    expect(next.access_key).not.toBe(old.access_key)
    expect(next).toMatchObject({ restrictions: old.restrictions, expires_at: null })
    const { expires_at } = await s3warden.json(['key', 'get', old.access_key])
    expect(Date.parse(String(expires_at)) - Date.now()).toBeLessThanOrEqual(3_600_000)
  })

  it('belongs to a user as well', async () => {
    const ada = await s3warden.json<{ id: string }>([
      'user',
      'create',
      'ada@example.org',
      '--username',
      'ada',
    ])
    const key = await s3warden.json<Key>(['key', 'create', '--user', 'ada'])
    expect(key).toMatchObject({ user_id: ada.id, application_id: null })
    expect(await s3warden.json(['key', 'list', '--user', 'ada'])).toMatchObject([
      { access_key: key.access_key },
    ])
  })

  it('changes in everything but its limits', async () => {
    const key = await create('--expires', '2100-01-01')
    expect(key.expires_at).toBe('2100-01-01T00:00:00.000Z')
    const changed = [
      'key',
      'update',
      key.access_key,
      '--expires',
      'never',
      '--project',
      'media',
      '--name',
      'changed',
    ]
    expect(await s3warden.json(changed)).toMatchObject({ expires_at: null, name: 'changed' })
    expect((await s3warden(['key', 'update', 'changed', '--operation', 'get-sos-object'])).code).toBe(2)
  })

  it('lists the operations that there are, and those of a key', async () => {
    const all = await s3warden.json<{ operation: string }[]>(['key', 'list-operations'])
    expect(all.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['get-sos-object', 'list-zones']),
    )
    const { access_key } = await create('--operation', 'get-sos-object')
    const own = [{ operation: 'get-sos-object', tags: ['sos'] }]
    expect(await s3warden.json(['key', 'list-operations', '--mine', access_key])).toEqual(own)
    const env = { AWS_ACCESS_KEY_ID: `${access_key}@7a1cfa6c-9f3b-4c89-8b5f-2f7a3f0f1f11` }
    const { stdout } = await s3warden(['key', 'list-operations', '--mine'], { env })
    expect(JSON.parse(stdout)).toEqual(own)
  })

  it('comes with settings for a client', async () => {
    const key = await create('--for', 'env')
    expect(key.client_settings).toContain(`export AWS_SECRET_ACCESS_KEY=${key.secret_key}`)
    const { stdout } = await s3warden([
      'key',
      'create',
      '--application',
      'backup',
      '--for',
      'rclone',
      '--output',
      'table',
    ])
    expect(stdout).toMatch(/\n\[s3warden\]\ntype = s3\n/)
    expect(stdout).toContain('endpoint = http://127.0.0.1:8484')
  })

  it('lists by bearer, project and expiry', async () => {
    expect(await s3warden.json(['key', 'list', '--expired'])).toEqual([])
    const ofMedia = await s3warden.json<Key[]>(['key', 'list', '--project', 'media'])
    expect(new Set(ofMedia.map((key) => key.name))).toEqual(new Set(['changed', 'first']))
    expect(await s3warden.json(['key', 'list', '--application', 'bootstrap'])).toHaveLength(1)
  })
})
