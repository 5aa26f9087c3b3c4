/**
 * `explain` and the gate say the same: random policies, restrictions and requests, each sent over HTTP and explained,
 * and the two answers compared.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Explanation, explain } from '../../src/cli/explain.ts'
import { type Question, questionOf } from '../../src/cli/question.ts'
import { loadConfig } from '../../src/config.ts'
import { storeOptions } from '../../src/gate/store-options.ts'
import { createGate, type Gate } from '../../src/gate.ts'
import type { Restrictions } from '../../src/iam/model.ts'
import { S3Error } from '../../src/s3/error.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../src/s3/operation.ts'
import type { NewRule } from '../../src/services/policies.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { verdict } from '../behaviour/world.ts'
import { createRandom, pick } from '../s3/random.ts'
import { Connection, type RawResponse } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { postForm, signed } from '../support/s3-request.ts'

const POLICIES = 500
const REQUESTS_PER_POLICY = 20

const ACTOR = { bearer_id: '', ip: '', user_agent: 'test' }
const BUCKETS = ['photos', 'films', 'archive'] as const
const KEYS = ['team-a/one', 'team-a/two words', 'team-b/ü', 'top'] as const
const ADDRESSES = ['192.0.2.7', '198.51.100.9', '2001:db8::7'] as const
const AGENTS = ['aws-cli/2', 'rclone/v1.60'] as const
const START = Date.UTC(2030, 0, 1)

/** The same every time, so that a failure can be repeated. */
function seeded(seed: number) {
  const next = createRandom(seed)
  const chance = (probability: number): boolean => next() < probability
  return {
    chance,
    pick: <T>(from: readonly T[]): T => pick(next, from),
    some: <T>(from: readonly T[]): T[] => from.filter(() => chance(0.5)),
  }
}

type Random = ReturnType<typeof seeded>

const SETS = [
  'ObjectStorageFullAccess',
  'ObjectStorageReadOnly',
  'ObjectStorageObjectsRead',
  'ObjectStorageObjectsWrite',
  'ObjectStorageObjectsDelete',
  'ObjectStorageBucketsRead',
  'ObjectStorageBucketsWrite',
  'InstancesFullAccess',
] as const

const CONDITIONS = [
  '',
  '',
  'resource.name == "photos"',
  'resource.name != "films" || request.operation == "HeadBucket"',
  'resource.id.startsWith("photos/team-a/")',
  'resource.id.startsWith("photos/team-a/") || !has(resource.id)',
  'request.prefix.startsWith("team-a/") || has(resource.id)',
  'inIpRange(request.ip, "192.0.2.0/24")',
  'inIpRange(request.ip, "2001:db8::/32")',
  'request.time.getHours() < 12',
  'request.user_agent.startsWith("aws-cli")',
  'request.operation.startsWith("Get")',
  'resource.locality == "us-east-1"',
  'resource.id == "top"',
] as const

const LIMITS = [
  'GetObject',
  'PutObject',
  'ListObjectsV2',
  'get-sos-object',
  'list-sos-bucket',
  'put-sos-object',
]
const RESOURCES = [
  { bucket: 'photos', prefix: null },
  { bucket: 'photos', prefix: 'team-a/' },
  { bucket: 'films', prefix: 't' },
] as const

function randomRestrictions(random: Random): Restrictions | null {
  if (random.chance(0.6)) return null
  const resources = random.some(RESOURCES)
  const operations = random.some(LIMITS)
  return {
    operations: operations.length === 0 ? null : operations,
    tags: random.chance(0.2) ? ['sos'] : null,
    resources: resources.length === 0 ? null : resources,
    regions: random.chance(0.8) ? null : [random.pick(['us-east-1', 'fr-par'])],
  }
}

/** A request in S3's terms, and as it goes over the wire. */
interface Asked {
  readonly question: Pick<Question, 'operation' | 'bucket' | 'objectKey' | 'query' | 'headers'>
  readonly method: string
  readonly target: string
  readonly body: string
}

const pathOf = (bucket: string, key: string): string =>
  `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`

const TAGGING = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>'

const md5 = (text: string): string => createHash('md5').update(text).digest('base64')

/** A batch of one. */
function batchDelete(bucket: string, objectKey: string): Asked {
  const body = `<Delete><Object><Key>${objectKey}</Key></Object></Delete>`
  return {
    question: {
      operation: 'DeleteObjects',
      bucket,
      objectKey,
      query: [['delete', '']],
      headers: [['content-md5', md5(body)]],
    },
    method: 'POST',
    target: `/${bucket}?delete`,
    body,
  }
}

function randomRequest(random: Random): Asked {
  const bucket = random.pick(BUCKETS)
  const key = random.pick(KEYS)
  const source = `${random.pick(BUCKETS)}/${encodeURI(random.pick(KEYS))}`
  const prefix = random.pick(['', 'team-a/', 'team-b/', 't'])
  const ofObject = (
    operation: Question['operation'],
    method: string,
    extra: { query?: Question['query']; headers?: Question['headers']; body?: string; key?: string } = {},
  ): Asked => {
    const { query = [], headers = [], body = '' } = extra
    const path = pathOf(bucket, extra.key ?? key)
    return {
      question: { operation, bucket, objectKey: extra.key ?? key, query, headers },
      method,
      target:
        query.length === 0 ? path : `${path}?${query.map(([name, value]) => `${name}=${value}`).join('&')}`,
      body,
    }
  }
  const ofBucket = (
    operation: Question['operation'],
    method: string,
    query: Question['query'] = [],
  ): Asked => ({
    question: { operation, bucket, objectKey: null, query, headers: [] },
    method,
    target: `/${bucket}${query.length === 0 ? '' : `?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`}`,
    body: '',
  })
  return random.pick<() => Asked>([
    () => ofObject('GetObject', 'GET'),
    () => ofObject('HeadObject', 'HEAD'),
    () => ofObject('GetObject', 'GET', { query: [['versionId', 'null']] }),
    () => ofObject('PutObject', 'PUT', { body: 'content' }),
    () => ofObject('PutObject', 'PUT', { body: 'content', headers: [['x-amz-tagging', 'a=b']] }),
    // Never onto itself, which a backend refuses.
    () => ofObject('CopyObject', 'PUT', { key: `${key} copy`, headers: [['x-amz-copy-source', source]] }),
    () => ofObject('DeleteObject', 'DELETE', { key: 'team-a/never-there' }),
    () => ofObject('GetObjectTagging', 'GET', { query: [['tagging', '']] }),
    () =>
      ofObject('PutObjectTagging', 'PUT', {
        query: [['tagging', '']],
        headers: [['content-md5', md5(TAGGING)]],
        body: TAGGING,
      }),
    () => batchDelete(bucket, random.pick(['team-a/never-there', 'never-there'])),
    () => ({
      question: { operation: 'ListBuckets', bucket: null, objectKey: null, query: [], headers: [] },
      method: 'GET',
      target: '/',
      body: '',
    }),
    () => ofBucket('HeadBucket', 'HEAD'),
    () => ofBucket('GetBucketLocation', 'GET', [['location', '']]),
    () => ofBucket('GetBucketVersioning', 'GET', [['versioning', '']]),
    () =>
      ofBucket('ListObjectsV2', 'GET', [
        ['list-type', '2'],
        ['prefix', prefix],
      ]),
    () => ofBucket('ListObjects', 'GET', prefix === '' ? [] : [['prefix', prefix]]),
    () =>
      ofBucket('ListObjectVersions', 'GET', [
        ['versions', ''],
        ['prefix', prefix],
      ]),
  ])()
}

/** Operations that are decided by their bodies; they have tests of their own. */
const BODIES_DECIDE: ReadonlySet<OperationName> = new Set(['DeleteObjects', 'PostObject'])

describe('explain', () => {
  let clock = START
  let gate: Gate
  let store: Store
  let connection: Connection
  let projects: readonly string[]

  beforeAll(async () => {
    const data = mkdtempSync(join(tmpdir(), 's3warden-explain-'))
    const config = loadConfig({
      flags: { data, listen: '127.0.0.1:0', log_level: 'silent' },
      environment: { S3WARDEN_TRUSTED_PROXIES: '127.0.0.1' },
    })
    const now = () => clock
    gate = await createGate(config, { now })
    // As another process sees it.
    store = await openStore(storeOptions(config, now))
    connection = await Connection.open(Number(new URL(gate.endpoint).port))
    const { bootstrap, services } = gate
    if (bootstrap?.secret_key == null) throw new Error('the store was not empty')
    const other = await services.projects.create(ACTOR, {
      organization_id: bootstrap.organization_id,
      name: 'other',
    })
    projects = [bootstrap.project_id, other.id]
    const owner = { accessKey: bootstrap.access_key, secretKey: bootstrap.secret_key.reveal() }
    for (const bucket of BUCKETS) {
      expect(
        await send(owner, { method: 'PUT', target: `/${bucket}`, body: '' }, '127.0.0.1', ''),
      ).toMatchObject({ status: 200 })
      for (const key of KEYS) {
        const put = { method: 'PUT', target: pathOf(bucket, key), body: 'content' }
        expect(await send(owner, put, '127.0.0.1', '')).toMatchObject({ status: 200 })
      }
    }
  })

  afterAll(async () => {
    connection.close()
    store.close()
    await gate.drain()
  })

  async function send(
    credentials: Credentials,
    asked: Pick<Asked, 'method' | 'target' | 'body'> & { question?: Asked['question'] },
    ip: string,
    agent: string,
  ) {
    const headers: [string, string][] = [
      ['X-Forwarded-For', ip],
      ['User-Agent', agent],
      ...(asked.question?.headers ?? []).map(([name, value]): [string, string] => [name, value]),
    ]
    const request = signed(
      credentials,
      { method: asked.method, target: asked.target, headers, body: asked.body },
      { host: new URL(gate.endpoint).host, at: clock },
    )
    return connection.exchange(request)
  }

  /** A new application with a random policy, and a key of its that may be limited itself. */
  async function randomTenant(random: Random): Promise<Credentials> {
    const { services, bootstrap } = gate
    const organization_id = bootstrap!.organization_id
    const { id } = await services.applications.create(ACTOR, { organization_id, name: `app ${clock}` })
    const rules = [1, 2, 3].slice(0, random.pick([1, 2, 3])).map(
      (): NewRule => ({
        permission_set_names: [random.pick(SETS), random.pick(SETS)],
        scope: random.pick<NewRule['scope']>([
          { kind: 'projects', project_ids: [projects[0]!] },
          { kind: 'projects', project_ids: [random.pick(projects)] },
          { kind: 'organization', organization_id },
        ]),
        condition: random.pick(CONDITIONS),
      }),
    )
    const principal = random.chance(0.05)
      ? ({ kind: 'none' } as const)
      : ({ kind: 'application', id } as const)
    await services.policies.create(ACTOR, { organization_id, name: `policy ${clock}`, principal, rules })
    const { key, secret_key } = await services.keys.create(ACTOR, {
      bearer: { kind: 'application', id },
      default_project_id: random.chance(0.9) ? projects[0] : projects[1],
      restrictions: randomRestrictions(random),
    })
    const named = random.chance(0.2) ? `@${random.pick(projects)}` : ''
    return { accessKey: `${key.access_key}${named}`, secretKey: secret_key.reveal() }
  }

  it(`agrees with the gate on ${POLICIES * REQUESTS_PER_POLICY} random requests`, {
    timeout: 600_000,
  }, async () => {
    const random = seeded(20300101)
    const verdicts = { allowed: 0, refused: 0 }
    for (let policy = 0; policy < POLICIES; policy++) {
      clock = START + policy * 3_600_000
      const credentials = await randomTenant(random)
      for (let count = 0; count < REQUESTS_PER_POLICY; count++) {
        const asked = randomRequest(random)
        const ip = random.pick(ADDRESSES)
        const agent = random.pick(AGENTS)
        const response = await send(credentials, asked, ip, agent)
        const explained = await explain(
          {
            ...asked.question,
            key: credentials.accessKey,
            headers: [...asked.question.headers, ['user-agent', agent]],
            ip,
            time: clock,
          },
          store.reader,
        )
        const context = `policy ${policy}, request ${count}: ${asked.method} ${asked.target} ${explained.reason}`
        expect(agreement(explained), context).toBe(outcome(response))
        verdicts[explained.allowed ? 'allowed' : 'refused'] += 1
      }
    }
    // Neither answer is the only one.
    expect(verdicts.allowed).toBeGreaterThan(POLICIES)
    expect(verdicts.refused).toBeGreaterThan(POLICIES)
  })

  /** A key of an application without a policy. */
  async function nobody(): Promise<Credentials> {
    const { services, bootstrap } = gate
    const { id } = await services.applications.create(ACTOR, {
      organization_id: bootstrap!.organization_id,
      name: `nobody ${crypto.randomUUID()}`,
    })
    const { key, secret_key } = await services.keys.create(ACTOR, { bearer: { kind: 'application', id } })
    return { accessKey: key.access_key, secretKey: secret_key.reveal() }
  }

  it.each(
    OPERATION_NAMES.filter((name) => OPERATIONS[name].matching === 'request' && !BODIES_DECIDE.has(name)),
  )('knows what who may do nothing is told of %s', async (operation) => {
    const credentials = await nobody()
    const question = leastQuestion(operation, credentials.accessKey, clock)
    const { method } = OPERATIONS[operation]
    const response = await send(
      credentials,
      { question, method, target: requestTarget(question), body: '' },
      '127.0.0.1',
      '',
    )
    const { allowed, code } = await explain(question, store.reader)
    if (code === null) throw new Error('it is allowed')
    const told = `${new S3Error(code).status}${method === 'HEAD' ? '' : ` ${code}`}`
    expect([allowed, told]).toEqual([false, verdict(response)])
  })

  it('knows whose form is taken', async () => {
    const { access_key, secret_key } = gate.bootstrap!
    const owner = { accessKey: access_key, secretKey: secret_key!.reveal() }
    for (const [credentials, expected] of [
      [await nobody(), 'refused 403'],
      [owner, 'allowed'],
    ] as const) {
      const form = postForm(credentials, {
        host: new URL(gate.endpoint).host,
        bucket: 'photos',
        fields: [['key', 'form']],
        file: 'x',
        at: clock,
      })
      expect(outcome(await connection.exchange(form))).toBe(expected)
      const question = leastQuestion('PostObject', credentials.accessKey, clock)
      expect(agreement(await explain(question, store.reader))).toBe(expected)
    }
  })
})

/** What is asked of an operation where nothing is said that it does not need. */
function leastQuestion(operation: OperationName, key: string, time: number): Question {
  const { level, headers, iam } = OPERATIONS[operation]
  const ofKey = level === 'object' || iam.required.some(({ resource }) => /object|eachKey/.test(resource))
  return questionOf({
    key,
    operation,
    target: level === 'service' ? undefined : ofKey ? 'photos/top' : 'photos',
    ...(headers.required.some((name) => name === 'x-amz-copy-source') ? { source: 'photos/top' } : {}),
    ip: '127.0.0.1',
    userAgent: '',
    time,
  })
}

function requestTarget({ operation, bucket, objectKey, query }: Question): string {
  const path = OPERATIONS[operation].level === 'object' ? `/${bucket}/${objectKey}` : `/${bucket ?? ''}`
  if (query.length === 0) return path
  return `${path}?${query.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&')}`
}

/** What the gate's answer says; that of a batch says it of its one key. */
function outcome({ status, body }: RawResponse): string {
  const refused = status >= 300 ? status : body.includes('<Code>AccessDenied</Code>') ? 403 : undefined
  return refused === undefined ? 'allowed' : `refused ${refused}`
}

/** In the words in which the gate's answer is told. */
function agreement({ allowed, code }: Explanation): string {
  if (allowed) return 'allowed'
  return code === 'AccessDenied' ? 'refused 403' : `refused as ${code}`
}
