/**
 * Scaleway's IAM quick start, against a gate: with curl, and with their SDK.
 * https://www.scaleway.com/en/docs/iam/quickstart/ · https://www.scaleway.com/en/developers/api/iam/
 */
import { existsSync } from 'node:fs'
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProfileClient } from '../control/support/sdk.ts'
import { Client } from '../support/clients.ts'
import { Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { freePorts } from '../support/ports.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { run } from '../support/run.ts'

/** The steps of the quick start, as some client takes them. */
interface Steps {
  createApplication(name: string): Promise<string>
  /** IAMManager in the whole organization. */
  createPolicy(name: string, application: string): Promise<string>
  createKey(application: string, expiresAt: string): Promise<Credentials>
  listApplications(): Promise<readonly string[]>
  /** Beside what it gives already, everything on Object Storage in the default project. */
  addStorage(policy: string): Promise<void>
}

let gate: Gate
let operator: Operator
let control: string
let owner: Credentials
beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  gate = await Gate.start({ env: { S3WARDEN_CONTROL_LISTEN: `127.0.0.1:${port}` } })
  control = `http://127.0.0.1:${port}`
  operator = await Operator.of(gate)
  const [user] = await gate.json<{ id: string }[]>(['user', 'list'])
  owner = await operator.key({ user: user!.id })
})
afterAll(() => gate.destroy())

const rule = (set: string) => ({ permission_set_names: [set], organization_id: operator.organizationId })
const storageRule = () => ({
  permission_set_names: ['ObjectStorageFullAccess'],
  project_ids: [operator.projectId],
})

function curlSteps({ secretKey }: Credentials): Steps {
  const curl = async (method: string, path: string, body?: object): Promise<Record<string, never>> => {
    const { stdout } = await run(
      '/usr/bin/curl',
      [
        ...['-sS', '-X', method, '-H', `X-Auth-Token: ${secretKey}`, '-H', 'Content-Type: application/json'],
        ...(body === undefined ? [] : ['-d', JSON.stringify(body)]),
        `${control}${path}`,
      ],
      { env: { PATH: '/usr/bin:/bin' } },
    )
    const answer = JSON.parse(stdout) as Record<string, never>
    if ('type' in answer) throw new Error(`${String(answer.type)}: ${String(answer.message)}`)
    return answer
  }
  return {
    createApplication: async (name) =>
      (await curl('POST', '/iam/v1alpha1/applications', { name, organization_id: operator.organizationId }))
        .id!,
    createPolicy: async (name, application_id) =>
      (await curl('POST', '/iam/v1alpha1/policies', { name, application_id, rules: [rule('IAMManager')] }))
        .id!,
    createKey: async (application_id, expires_at) => {
      const key = await curl('POST', '/iam/v1alpha1/api-keys', {
        application_id,
        expires_at,
        description: 'quick',
      })
      return { accessKey: key.access_key!, secretKey: key.secret_key! }
    },
    listApplications: async () => {
      const { applications } = (await curl('GET', '/iam/v1alpha1/applications')) as {
        applications?: { name: string }[]
      }
      return applications!.map(({ name }) => name)
    },
    addStorage: async (policy_id) => {
      const rules = [rule('IAMManager'), storageRule()]
      await curl('PUT', '/iam/v1alpha1/rules', { policy_id, rules })
    },
  }
}

function sdkSteps(credentials: Credentials): Steps {
  const { organizationId, projectId } = operator
  const { iam } = createProfileClient({ endpoint: control, ...credentials, organizationId, projectId })
  const manager = { permissionSetNames: ['IAMManager'], condition: '', organizationId }
  return {
    createApplication: async (name) => (await iam.createApplication({ name, description: '' })).id,
    createPolicy: async (name, applicationId) =>
      (await iam.createPolicy({ name, description: '', applicationId, rules: [manager] })).id,
    createKey: async (applicationId, expiresAt) => {
      const key = await iam.createAPIKey({
        applicationId,
        description: 'quick',
        expiresAt: new Date(expiresAt),
      })
      return { accessKey: key.accessKey, secretKey: key.secretKey! }
    },
    listApplications: async () => (await iam.listApplications().all()).map(({ name }) => name),
    addStorage: async (policyId) => {
      const storage = {
        permissionSetNames: ['ObjectStorageFullAccess'],
        condition: '',
        projectIds: [projectId],
      }
      await iam.setRules({ policyId, rules: [manager, storage] })
    },
  }
}

describe.each([
  ['curl', curlSteps],
  ['the SDK', sdkSteps],
] as const)('the quick start with %s', (client, steps) => {
  test.skipIf(client === 'curl' && !existsSync('/usr/bin/curl'))('goes as it is written', async () => {
    const name = client === 'curl' ? 'quick-curl' : 'quick-sdk'
    const mine = steps(owner)
    const application = await mine.createApplication(name)
    const policy = await mine.createPolicy(name, application)
    // Theirs lies in the past.
    await expect(mine.createKey(application, '2022-01-01T00:00:00Z')).rejects.toThrow(/expires_at/)
    const key = await mine.createKey(application, new Date(Date.now() + 3_600_000).toISOString())
    const its = steps(key)
    expect(await its.listApplications()).toContain(name)

    const { accessKey: accessKeyId, secretKey: secretAccessKey } = key
    const s3 = new S3Client({
      endpoint: gate.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    })
    await expect(s3.send(new ListBucketsCommand())).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'Permission denied.',
    })
    await its.addStorage(policy)
    await s3.send(new CreateBucketCommand({ Bucket: `${name}-sdk` }))
    if (existsSync('/usr/bin/aws')) {
      const aws = await Client.make({ endpoint: gate.endpoint, ...key })
      expect((await aws.aws('s3', 'mb', `s3://${name}-aws`)).stderr).toBe('')
      await aws.remove()
    }
    const { Buckets = [] } = await s3.send(new ListBucketsCommand())
    expect(Buckets.map((bucket) => bucket.Name)).toContain(`${name}-sdk`)
    s3.destroy()
  })
})
