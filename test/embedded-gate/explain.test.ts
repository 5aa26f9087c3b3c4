/**
 * What `explain` says is what the gate does: on 10,000 requests, by random keys under random policies, sent over HTTP.
 * A failure names the seed and the request, so that it can be had again.
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Explanation, explain, type Question } from '../../src/cli/explain.ts'
import type { OperationName } from '../../src/s3/operation.ts'
import { SYSTEM_RANDOM } from '../../src/services/deps.ts'
import { createServices } from '../../src/services/index.ts'
import type { NewRule } from '../../src/services/policies.ts'
import type { Services } from '../../src/services/services.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { element } from '../behaviour/world.ts'
import { Connection, type RawHeaders, type RawResponse } from '../support/raw-http.ts'
import { encodeKey, encodeQuery } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

const SUBJECTS = 250
const REQUESTS_EACH = 40

const ACTOR = { bearer_id: '', ip: '', user_agent: 'test' }
const BUCKETS = ['alpha', 'beta', 'gamma', 'nobody'] as const
const KEYS = ['plain', 'team-a/one', 'team-a/two/deep', 'team-b/one', 'ü +%']
const PREFIXES = [null, '', 'team-a/', 'team-a/two', 'team-b/', 'te']
const AGENTS = ['aws-cli/2.9', 'rclone/v1.60', '']
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.77', '127.1.0.1']
const SETS = [
  'ObjectStorageBucketsRead',
  'ObjectStorageBucketsWrite',
  'ObjectStorageObjectsRead',
  'ObjectStorageObjectsWrite',
  'ObjectStorageObjectsDelete',
  'ObjectStorageReadOnly',
  'ObjectStorageFullAccess',
  'AllProductsReadOnly',
  'InstancesFullAccess',
]
const CONDITIONS = [
  '',
  'inIpRange(request.ip, "127.0.0.0/30")',
  '!inIpRange(request.ip, "127.0.0.0/24")',
  'resource.name == "alpha"',
  'resource.name in ["beta", "gamma"] || !has(resource.id)',
  'resource.id.startsWith("alpha/team-a/")',
  'resource.id.startsWith("alpha/team-a/") || !has(resource.id)',
  'has(resource.id) ? resource.id.contains("team-a/") : request.prefix.startsWith("team-a/")',
  'request.user_agent.startsWith("aws-cli")',
  'request.time > timestamp("2020-01-01T00:00:00Z")',
  'request.time < timestamp("2020-01-01T00:00:00Z")',
  'request.operation in ["GetObject", "ListObjectsV2", "PutObject"]',
  'resource.name.matches("^(alpha|beta)$")',
  'resource.locality == "us-east-1"',
  'int(request.user_agent) > 1',
]
const OPERATION_LIMITS = [
  ['GetObject'],
  ['PutObject', 'DeleteObject'],
  ['GetObject', 'GetObjectVersion', 'ListObjectsV2'],
  ['get-sos-object', 'list-sos-bucket'],
  ['put-sos-object', 'delete-sos-object', 'list-sos-buckets'],
  ['get-sos-bucket-acl', 'get-sos-bucket-versioning', 'list-zones'],
]
const RESOURCE_LIMITS = [
  [{ bucket: 'alpha', prefix: null }],
  [{ bucket: 'alpha', prefix: 'team-a/' }],
  [
    { bucket: 'beta', prefix: 'team-' },
    { bucket: 'alpha', prefix: null },
  ],
]

const TAGS = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>'

/** How an operation is asked: which parts it has, and what it sends. */
interface Asking {
  readonly operation: OperationName
  readonly method: string
  readonly level: 'service' | 'bucket' | 'object'
  readonly query?: string
  readonly body?: string
  readonly list?: true
  readonly versions?: true
  readonly headers?: readonly RawHeaders[]
}

const ASKINGS: readonly Asking[] = [
  { operation: 'ListBuckets', method: 'GET', level: 'service' },
  { operation: 'HeadBucket', method: 'HEAD', level: 'bucket' },
  { operation: 'GetBucketLocation', method: 'GET', level: 'bucket', query: 'location' },
  { operation: 'GetBucketAcl', method: 'GET', level: 'bucket', query: 'acl' },
  { operation: 'GetBucketVersioning', method: 'GET', level: 'bucket', query: 'versioning' },
  { operation: 'ListObjects', method: 'GET', level: 'bucket', list: true },
  { operation: 'ListObjectsV2', method: 'GET', level: 'bucket', query: 'list-type=2', list: true },
  { operation: 'ListObjectVersions', method: 'GET', level: 'bucket', query: 'versions', list: true },
  { operation: 'ListMultipartUploads', method: 'GET', level: 'bucket', query: 'uploads', list: true },
  { operation: 'GetObject', method: 'GET', level: 'object', versions: true },
  { operation: 'HeadObject', method: 'HEAD', level: 'object', versions: true },
  { operation: 'GetObjectTagging', method: 'GET', level: 'object', query: 'tagging', versions: true },
  {
    operation: 'PutObject',
    method: 'PUT',
    level: 'object',
    body: 'x',
    headers: [
      [],
      [['x-amz-tagging', 'a=1']],
      [['x-amz-acl', 'private']],
      [['x-amz-acl', 'bucket-owner-full-control']],
      [['if-match', '"0123456789abcdef0123456789abcdef"']],
    ],
  },
  {
    operation: 'PutObjectTagging',
    method: 'PUT',
    level: 'object',
    query: 'tagging',
    body: TAGS,
    versions: true,
  },
  {
    operation: 'CopyObject',
    method: 'PUT',
    level: 'object',
    headers: BUCKETS.flatMap((bucket) => [
      [['x-amz-copy-source', `/${bucket}/team-a/one`]],
      [['x-amz-copy-source', `/${bucket}/plain?versionId=v1`]],
    ]),
  },
  {
    operation: 'DeleteObject',
    method: 'DELETE',
    level: 'object',
    versions: true,
    headers: [[], [['x-amz-bypass-governance-retention', 'true']]],
  },
  { operation: 'DeleteObjectTagging', method: 'DELETE', level: 'object', query: 'tagging', versions: true },
  { operation: 'CreateMultipartUpload', method: 'POST', level: 'object', query: 'uploads' },
  { operation: 'UploadPart', method: 'PUT', level: 'object', query: 'partNumber=1&uploadId=u', body: 'x' },
  { operation: 'ListParts', method: 'GET', level: 'object', query: 'uploadId=u' },
  { operation: 'AbortMultipartUpload', method: 'DELETE', level: 'object', query: 'uploadId=u' },
]

/** A small generator of numbers in [0, 1) with a seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

let stage: Stage
let store: Store
let services: Services
let projects: readonly string[]
const connections = new Map<string, Connection>()

beforeAll(async () => {
  stage = await raise({ S3WARDEN_LOG_LEVEL: 'silent' })
  store = await openStore({ dataDir: stage.gate.data, now: Date.now })
  services = createServices({ store, now: Date.now, random: SYSTEM_RANDOM })
  const { organizationId, projectId } = stage.operator
  const second = await services.projects.create(ACTOR, { organization_id: organizationId, name: 'second' })
  projects = [projectId, second.id]
  for (const [bucket, project] of [
    ['alpha', projectId],
    ['beta', projectId],
    ['gamma', second.id],
  ] as const) {
    const owner = await stage.operator.tenant(`owner-${bucket}`, ['ObjectStorageFullAccess'], [project])
    const made = await exchange(
      '127.0.0.1',
      signed(owner, { method: 'PUT', target: `/${bucket}` }, { host: stage.gate.host }),
    )
    expect(made.status).toBe(200)
  }
})
afterAll(async () => {
  for (const connection of connections.values()) connection.close()
  store.close()
  await lower(stage)
})

/** One kept connection an address. */
async function exchange(
  address: string,
  request: Parameters<Connection['exchange']>[0],
): Promise<RawResponse> {
  const open = connections.get(address)
  const connection = open === undefined || open.ended ? await Connection.open(stage.gate.port, address) : open
  connections.set(address, connection)
  return connection.exchange(request)
}

test('explain and the gate agree on 10,000 requests', { timeout: 600_000 }, async () => {
  const seed = Number(process.env.EXPLAIN_SEED ?? Date.now() % 2 ** 31)
  const random = generator(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const chance = (probability: number) => random() < probability
  const tally = { allowed: 0, refused: 0 }

  for (let subject = 0; subject < SUBJECTS; subject++) {
    const accessKey = await makeSubject(subject)
    for (let i = 0; i < REQUESTS_EACH; i++) await compare(accessKey)
  }
  // Both answers must be common, or the comparison says little.
  expect(Math.min(tally.allowed, tally.refused)).toBeGreaterThan((SUBJECTS * REQUESTS_EACH) / 10)

  async function makeSubject(subject: number) {
    const { organizationId } = stage.operator
    const application = await services.applications.create(ACTOR, {
      organization_id: organizationId,
      name: `subject-${subject}`,
    })
    const rules = Array.from(
      { length: 1 + Math.floor(random() * 3) },
      (): NewRule => ({
        permission_set_names: [pick(SETS), pick(SETS)].slice(0, chance(0.7) ? 1 : 2),
        scope: chance(0.2)
          ? { kind: 'organization', organization_id: organizationId }
          : { kind: 'projects', project_ids: chance(0.7) ? [projects[0]!] : [pick(projects)] },
        condition: chance(0.4) ? '' : pick(CONDITIONS),
      }),
    )
    const grouped = chance(0.3)
    const group = grouped
      ? await services.groups.create(ACTOR, { organization_id: organizationId, name: `group-${subject}` })
      : undefined
    if (group !== undefined) {
      await services.groups.addMembers(ACTOR, group.id, { user_ids: [], application_ids: [application.id] })
    }
    await services.policies.create(ACTOR, {
      organization_id: organizationId,
      name: `policy-${subject}`,
      principal:
        group === undefined ? { kind: 'application', id: application.id } : { kind: 'group', id: group.id },
      rules,
    })
    const restrictions = chance(0.6)
      ? null
      : {
          operations: chance(0.5) ? pick(OPERATION_LIMITS) : null,
          tags: null,
          resources: chance(0.5) ? pick(RESOURCE_LIMITS) : null,
          regions: chance(0.2) ? [pick(['us-east-1', 'mars-1'])] : null,
        }
    const made = await services.keys.create(ACTOR, {
      bearer: { kind: 'application', id: application.id },
      default_project_id: chance(0.8) ? projects[0] : projects[1],
      restrictions,
    })
    return { accessKey: made.key.access_key, secretKey: made.secret_key.reveal() }
  }

  async function compare(credentials: { accessKey: string; secretKey: string }): Promise<void> {
    const asking = pick(ASKINGS)
    const bucket = asking.level === 'service' ? null : pick(BUCKETS)
    const key = asking.level === 'object' ? pick(KEYS) : null
    const prefix = asking.list === undefined ? null : pick(PREFIXES)
    const version = asking.versions !== undefined && chance(0.3) ? 'v1' : null
    const extra = pick(asking.headers ?? [[]])
    const [ip, userAgent] = [pick(ADDRESSES), pick(AGENTS)]
    const at = chance(0.2) ? `${credentials.accessKey}@${pick(projects)}` : credentials.accessKey

    const parameters = [
      ...(asking.query?.split('&') ?? []),
      ...(prefix === null ? [] : [`prefix=${encodeQuery(prefix)}`]),
      ...(version === null ? [] : [`versionId=${version}`]),
    ]
    const path = `/${[bucket, key]
      .filter((part) => part !== null)
      .map(encodeKey)
      .join('/')}`
    const body = asking.body ?? ''
    const md5: RawHeaders =
      asking.operation === 'PutObjectTagging'
        ? [['Content-MD5', createHash('md5').update(body).digest('base64')]]
        : []
    const request: S3Request = {
      method: asking.method,
      target: parameters.length === 0 ? path : `${path}?${parameters.join('&')}`,
      headers: [['User-Agent', userAgent], ...extra, ...md5],
      body,
    }
    for (const [name, objects] of stage.backend.buckets) {
      for (const planted of KEYS) objects.set(planted, Buffer.from(name))
    }
    stage.backend.clear()
    const response = await exchange(
      ip,
      signed({ ...credentials, accessKey: at }, request, { host: stage.gate.host }),
    )
    const question: Question = {
      key: at,
      operation: asking.operation,
      bucket,
      objectKey: key,
      query: parameters.map((parameter): [string, string] => {
        const [name = '', value = ''] = parameter.split('=')
        return [name, decodeURIComponent(value)]
      }),
      headers: [['user-agent', userAgent], ...extra, ...md5].map(([name = '', value = '']) => [
        name.toLowerCase(),
        value,
      ]),
      ip,
      time: Date.now(),
    }
    const said = await explain(question, store.reader)
    expect({ seed, question, ...observed(response, asking.method) }).toEqual({
      seed,
      question,
      ...predicted(said, asking.method),
    })
    if (said.allowed) tally.allowed++
    else {
      tally.refused++
      expect(stage.backend.received.filter(({ method }) => method !== 'HEAD')).toEqual([])
    }
  }
})

/** HEAD says nothing but its status. */
function observed(response: RawResponse, method: string): { allowed: boolean; code: string | null } {
  const allowed = response.status < 300
  return { allowed, code: allowed || method === 'HEAD' ? null : (element(response, 'Code') ?? null) }
}

function predicted(
  { allowed, code }: Explanation,
  method: string,
): { allowed: boolean; code: string | null } {
  return { allowed, code: method === 'HEAD' ? null : code }
}
