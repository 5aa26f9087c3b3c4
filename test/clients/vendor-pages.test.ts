/** Two clouds tell their users how to set up a client for a store like this one: what they say, step by step. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshName } from '../behaviour/world.ts'
import { GATE_CERTIFICATE, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { run } from '../support/run.ts'

const RCLONE = '/usr/bin/rclone'
const S3CMD = '/usr/bin/s3cmd'
const CONTENT = 'as the page says\n'

describe.for(['http', 'https'] as const)('over %s', (scheme) => {
  let gate: Gate
  let credentials: Credentials
  let home: string
  beforeAll(async () => {
    gate = await Gate.start(scheme === 'https' ? { tls: GATE_CERTIFICATE } : {})
    credentials = await (await Operator.of(gate)).tenant('user', ['ObjectStorageFullAccess'])
    home = await mkdtemp(join(tmpdir(), 's3warden-page-'))
    await writeFile(join(home, 'file.txt'), CONTENT)
  })
  afterAll(async () => {
    await gate.destroy()
    await rm(home, { recursive: true, force: true })
  })

  /** @returns what it says, all together */
  const client = async (program: string, args: readonly string[], input = ''): Promise<string> => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: home,
      LANG: 'C.UTF-8',
      SSL_CERT_FILE: GATE_CERTIFICATE.authority,
    }
    const { code, stdout, stderr } = await run(program, args, { env, input, cwd: home })
    expect([code, stderr]).toEqual([0, expect.anything()])
    return stdout + stderr
  }

  test.skipIf(!existsSync(RCLONE) && process.env.CI !== 'true')(
    'rclone, with Ceph as its provider and a private ACL',
    async () => {
      const { accessKey, secretKey } = credentials
      const page = {
        provider: 'Ceph',
        env_auth: 'false',
        access_key_id: accessKey,
        secret_access_key: secretKey,
        endpoint: gate.endpoint,
        acl: 'private',
      }
      const rclone = (...args: readonly string[]) => client(RCLONE, args)
      await rclone('config', 'create', 'store', 's3', ...Object.entries(page).flat())
      const bucket = freshName('rclone')
      await rclone('mkdir', `store:${bucket}`)
      expect(await rclone('lsd', 'store:')).toContain(bucket)
      await rclone('copy', 'file.txt', `store:${bucket}/folder`)
      expect(await rclone('ls', `store:${bucket}`)).toContain(`${CONTENT.length} folder/file.txt`)
      expect(await rclone('cat', `store:${bucket}/folder/file.txt`)).toBe(CONTENT)
      await rclone('purge', `store:${bucket}`)
      expect(await rclone('lsd', 'store:')).not.toContain(bucket)
    },
  )

  test.skipIf(!existsSync(S3CMD) && process.env.CI !== 'true')(
    's3cmd --configure, with the host for every bucket and the region left as it is',
    async () => {
      const { accessKey, secretKey } = credentials
      const region = ''
      const [encryption, gpg, proxy] = ['', '', '']
      const secure = scheme === 'https' ? 'Yes' : 'No'
      const answers = [accessKey, secretKey, region, gate.host, gate.host, encryption, gpg, secure, proxy]
      const said = await client(S3CMD, ['--configure'], [...answers, 'Y', 'y', ''].join('\n'))
      expect(said).toContain('Success. Your access key and secret key worked fine')
      expect(said).toContain("Configuration saved to '")
      expect(await readFile(join(home, '.s3cfg'), 'utf8')).toContain('bucket_location = US')

      const s3cmd = (...args: readonly string[]) => client(S3CMD, args)
      const bucket = freshName('s3cmd')
      await s3cmd('mb', `s3://${bucket}`)
      await s3cmd('put', 'file.txt', `s3://${bucket}/folder/`)
      expect(await s3cmd('ls', `s3://${bucket}/folder/`)).toContain(`s3://${bucket}/folder/file.txt`)
      await s3cmd('get', `s3://${bucket}/folder/file.txt`, 'back.txt')
      expect(await readFile(join(home, 'back.txt'), 'utf8')).toBe(CONTENT)
      await s3cmd('rb', '--recursive', `s3://${bucket}`)
      expect(await s3cmd('ls')).not.toContain(bucket)
    },
  )
})
