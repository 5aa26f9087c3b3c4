/** Conditions of rules, each shown with the real aws client. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client, describeWith } from '../support/clients.ts'
import { type BackendSettings, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { expectDenied, expectDone } from './walkthrough.ts'
import { freshName } from './world.ts'

const HOUR = 3_600_000

/** @param settings undefined: the embedded store */
export function conditions(settings: BackendSettings | undefined): void {
  describeWith('aws', 'conditions', () => {
    let gate: Gate
    let operator: Operator
    const clients: Client[] = []
    const [bucket, other] = [freshName('conditional'), freshName('other')]

    /** The aws client with a key that may do everything where the condition holds. */
    const under = async (condition: string | undefined) => {
      const credentials = await operator.tenant(
        `app-${clients.length}`,
        ['ObjectStorageFullAccess'],
        undefined,
        condition === undefined ? {} : { condition },
      )
      const client = await Client.make({ endpoint: gate.endpoint, ...credentials })
      clients.push(client)
      await writeFile(join(client.home, 'file'), 'content')
      return client
    }

    beforeAll(async () => {
      gate = await Gate.start(settings === undefined ? {} : { backend: settings })
      operator = await Operator.of(gate)
      const all = await under(undefined)
      for (const name of [bucket, other]) {
        expectDone(await all.aws('s3', 'mb', `s3://${name}`))
        for (const key of ['team-a/file', 'team-b/file', 'file']) {
          expectDone(await all.aws('s3', 'cp', 'file', `s3://${name}/${key}`, '--no-progress'))
        }
      }
    })
    afterAll(async () => {
      for (const client of clients) await client.remove()
      await gate.destroy()
    })

    const iso = (offset: number): string => new Date(Date.now() + offset).toISOString()

    const cases: readonly (readonly [title: string, condition: () => string, allowed: boolean])[] = [
      ['an address range that holds it', () => 'inIpRange(request.ip, "127.0.0.0/8")', true],
      ['an address range that does not', () => 'inIpRange(request.ip, "10.0.0.0/8")', false],
      ['an IPv6 range', () => 'inIpRange(request.ip, "2001:db8::/32")', false],
      [
        'the time window of now',
        () => `request.time > timestamp("${iso(-HOUR)}") && request.time < timestamp("${iso(HOUR)}")`,
        true,
      ],
      ['a time window that has passed', () => `request.time < timestamp("${iso(-HOUR)}")`, false],
      ['a time window to come', () => `request.time > timestamp("${iso(HOUR)}")`, false],
      ['its user agent', () => 'request.user_agent.startsWith("aws-cli/")', true],
      ['another user agent', () => 'request.user_agent.startsWith("rclone/")', false],
      ['the operation', () => 'request.operation in ["ListObjectsV2", "GetObject", "HeadObject"]', true],
      ['another operation', () => 'request.operation == "PutObject"', false],
      ['an error in evaluation', () => 'int(request.user_agent) > 0', false],
    ]
    test.for(cases)('%s', async ([, condition, allowed]) => {
      const client = await under(condition())
      const listed = await client.aws('s3', 'ls', `s3://${bucket}/`)
      if (allowed) expectDone(listed)
      else expectDenied(listed, 'ListObjectsV2')
      const got = await client.aws('s3', 'cp', `s3://${bucket}/file`, '-')
      expect([got.code === 0, got.stdout]).toEqual(allowed ? [true, 'content'] : [false, ''])
    })

    test('one bucket', async () => {
      const client = await under(`resource.name == "${bucket}"`)
      expectDone(await client.aws('s3', 'ls', `s3://${bucket}/`))
      expectDenied(await client.aws('s3', 'ls', `s3://${other}/`), 'ListObjectsV2')
      expect((await client.aws('s3', 'cp', `s3://${other}/file`, '-')).stderr).toContain('403')
      const copy = ['--key', 'copied', '--copy-source', `${other}/file`]
      expectDenied(await client.aws('s3api', 'copy-object', '--bucket', bucket, ...copy), 'CopyObject')
    })

    test('reading, writing and listing below team-a/ only', async () => {
      const client = await under(
        `resource.name == "${bucket}" && (has(resource.id) ? resource.id.startsWith("${bucket}/team-a/") : request.prefix.startsWith("team-a/"))`,
      )
      expectDone(await client.aws('s3', 'ls', `s3://${bucket}/team-a/`))
      expectDone(await client.aws('s3', 'cp', `s3://${bucket}/team-a/file`, '-'))
      expectDone(await client.aws('s3', 'cp', 'file', `s3://${bucket}/team-a/new`, '--no-progress'))
      for (const place of ['', 'team', 'team-b/']) {
        expectDenied(await client.aws('s3', 'ls', `s3://${bucket}/${place}`), 'ListObjectsV2')
      }
      expect((await client.aws('s3', 'cp', `s3://${bucket}/team-b/file`, '-')).stderr).toContain('403')
      expectDenied(
        await client.aws('s3', 'cp', 'file', `s3://${bucket}/team-b/new`, '--no-progress'),
        'PutObject',
      )
      const batch = JSON.stringify({ Objects: [{ Key: 'team-a/new' }, { Key: 'team-b/file' }] })
      const deleted = await client.aws('s3api', 'delete-objects', '--bucket', bucket, '--delete', batch)
      expect(JSON.parse(deleted.stdout)).toMatchObject({
        Deleted: [{ Key: 'team-a/new' }],
        Errors: [{ Key: 'team-b/file', Code: 'AccessDenied' }],
      })
    })

    test('the idiom `|| !has(resource.id)` opens the lists, and no object', async () => {
      const client = await under(`resource.id.startsWith("${bucket}/team-a/") || !has(resource.id)`)
      expectDone(await client.aws('s3', 'ls', `s3://${bucket}/`))
      expect((await client.aws('s3', 'cp', `s3://${bucket}/team-b/file`, '-')).stderr).toContain('403')
    })
  })
}
