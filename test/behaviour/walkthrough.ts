/** The first hour with the real aws client: nothing, a policy, a bucket, a second project, a move. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client, describeWith } from '../support/clients.ts'
import { type BackendSettings, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import type { Credentials } from '../support/reference-signer.ts'
import type { Outcome } from '../support/run.ts'
import { freshName } from './world.ts'

/** How the aws client shows a refusal by policy. */
export function expectDenied(outcome: Outcome, operation: string): void {
  expect(outcome.stderr).toContain(
    `An error occurred (AccessDenied) when calling the ${operation} operation: Permission denied.`,
  )
  expect(outcome.code).not.toBe(0)
}

export function expectDone(outcome: Outcome): void {
  expect([outcome.code, outcome.stderr]).toEqual([0, ''])
}

/** @param settings undefined: the embedded store */
export function walkthrough(settings: BackendSettings | undefined): void {
  describeWith('aws', 'a walk with the aws client', () => {
    let gate: Gate
    let operator: Operator
    let application: string
    let credentials: Credentials
    let second: string
    const clients: Client[] = []
    const [mine, also, far] = [freshName('mine'), freshName('also'), freshName('far')]

    const client = async (project?: string) => {
      const accessKey = project === undefined ? credentials.accessKey : `${credentials.accessKey}@${project}`
      const made = await Client.make({ endpoint: gate.endpoint, ...credentials, accessKey })
      clients.push(made)
      return made
    }
    const projectOf = async (bucket: string) =>
      (await gate.json<{ project_id: string }>(['bucket', 'get', bucket])).project_id

    beforeAll(async () => {
      gate = await Gate.start(settings === undefined ? {} : { backend: settings })
      operator = await Operator.of(gate)
      application = await operator.application('walker')
      credentials = await operator.key({ application })
      second = await operator.project('second')
    })
    afterAll(async () => {
      for (const made of clients) await made.remove()
      await gate.destroy()
    })

    test('without a policy nothing is permitted', async () => {
      const aws = await client()
      expectDenied(await aws.aws('s3', 'ls'), 'ListBuckets')
      expectDenied(await aws.aws('s3api', 'create-bucket', '--bucket', mine), 'CreateBucket')
    })

    test('with ObjectStorageFullAccess there is an empty list, and mb lands in the default project', async () => {
      await operator.policy({ application }, [
        { sets: ['ObjectStorageFullAccess'], projects: [operator.projectId] },
      ])
      const aws = await client()
      const empty = await aws.aws('s3', 'ls')
      expectDone(empty)
      expect(empty.stdout).toBe('')
      for (const bucket of [mine, also]) {
        const made = await aws.aws('s3', 'mb', `s3://${bucket}`)
        expectDone(made)
        expect(made.stdout).toBe(`make_bucket: ${bucket}\n`)
        expect(await projectOf(bucket)).toBe(operator.projectId)
      }
      expect((await aws.aws('s3', 'ls')).stdout).toContain(` ${mine}\n`)
    })

    test('KEY@second-project is refused without a rule, and lands there with one', async () => {
      const aws = await client(second)
      expectDenied(await aws.aws('s3', 'ls'), 'ListBuckets')
      expectDenied(await aws.aws('s3api', 'create-bucket', '--bucket', far), 'CreateBucket')
      await operator.policy({ application }, [{ sets: ['ObjectStorageFullAccess'], projects: [second] }])
      expectDone(await aws.aws('s3', 'mb', `s3://${far}`))
      expect(await projectOf(far)).toBe(second)
      const listed = await aws.aws('s3', 'ls')
      expect(listed.stdout).toContain(` ${far}\n`)
      expect(listed.stdout).not.toContain(mine)
      expect((await (await client()).aws('s3', 'ls')).stdout).not.toContain(far)
    })

    test('cp, ls, and what comes back is what went', async () => {
      const aws = await client()
      const text = 'over hill and dale\n'.repeat(100_000)
      await writeFile(join(aws.home, 'a file'), text)
      expectDone(await aws.aws('s3', 'cp', 'a file', `s3://${mine}/some/a file`, '--no-progress'))
      expect((await aws.aws('s3', 'ls', `s3://${mine}/some/`)).stdout).toMatch(/ 1900000 a file\n$/)
      const back = await aws.aws('s3', 'cp', `s3://${mine}/some/a file`, '-')
      expect(back.stdout === text).toBe(true)
    })

    test('mv within a project works, across projects it fails and moves nothing', async () => {
      const aws = await client()
      expectDone(await aws.aws('s3', 'mv', `s3://${mine}/some/a file`, `s3://${also}/moved`, '--no-progress'))
      expect((await aws.aws('s3', 'ls', `s3://${mine}/some/`)).stdout).toBe('')
      const there = await client(second)
      for (const who of [aws, there]) {
        const across = await who.aws('s3', 'mv', `s3://${also}/moved`, `s3://${far}/moved`, '--no-progress')
        expect(across.code).not.toBe(0)
        expect(across.stderr).toMatch(/AccessDenied|Forbidden|403/)
      }
      expect((await aws.aws('s3', 'ls', `s3://${also}/`)).stdout).toContain(' moved\n')
      expect((await there.aws('s3', 'ls', `s3://${far}`)).stdout).toBe('')
    })

    test('rm and rb', async () => {
      const aws = await client()
      expect((await aws.aws('s3', 'rb', `s3://${also}`)).stderr).toContain('BucketNotEmpty')
      expectDone(await aws.aws('s3', 'rb', '--force', `s3://${also}`))
      expectDone(await aws.aws('s3', 'rb', `s3://${mine}`))
      expect((await aws.aws('s3', 'ls')).stdout).toBe('')
    })
  })
}
