import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import type { NewBackend } from '../../src/services/backends.ts'
import type { NewRule } from '../../src/services/policies.ts'
import type { Services } from '../../src/services/services.ts'
import { argumentFaults, OPERATOR, START, setUp, type World } from './support.ts'

type Call = (services: Services, world: World) => Promise<unknown>

interface Case {
  readonly title: string
  readonly call: Call
  /** `argument_name reason` */
  readonly faults: readonly string[]
}

const LONG = 'x'.repeat(65)
const restrictions = { operations: null, tags: null, resources: null, regions: null }

const createKey =
  (settings: object): Call =>
  (services, { application }) =>
    services.keys.create(OPERATOR, { bearer: { kind: 'application', id: application.id }, ...settings })

const importKey =
  (access_key: string, secret: string): Call =>
  (services, { application }) =>
    services.keys.import(OPERATOR, {
      bearer: { kind: 'application', id: application.id },
      access_key,
      secret_key: new Secret(secret),
    })

const rule =
  (change: (world: World) => Partial<NewRule>): Call =>
  (services, world) =>
    services.policies.replaceRules(OPERATOR, world.policy.id, [
      {
        permission_set_names: ['ObjectStorageReadOnly'],
        scope: { kind: 'projects', project_ids: [world.project.id] },
        ...change(world),
      },
    ])

const createBackend =
  (settings: Partial<NewBackend>): Call =>
  (services) =>
    services.backends.create(OPERATOR, {
      name: 'another',
      kind: 'minio',
      endpoints: ['https://minio.example.com'],
      access_key: 'key',
      secret_key: new Secret('secret'),
      ...settings,
    })

const createUser =
  (settings: object): Call =>
  (services, { organization_id }) =>
    services.users.create(OPERATOR, { organization_id, email: 'new@example.com', ...settings })

const CASES: readonly Case[] = [
  {
    title: 'an empty name',
    call: (services, { organization_id }) =>
      services.applications.create(OPERATOR, { organization_id, name: '' }),
    faults: ['name required'],
  },
  {
    title: 'everything wrong at once',
    call: (services, { organization_id }) =>
      services.applications.create(OPERATOR, {
        organization_id,
        name: 'a/b',
        description: 'x'.repeat(201),
        tags: Array.from({ length: 11 }, (_none, index) => `tag ${index}`),
      }),
    faults: ['name format', 'description constraint', 'tags constraint'],
  },
  {
    title: 'an empty tag',
    call: (services, { group }) => services.groups.update(OPERATOR, group.id, { tags: [''] }),
    faults: ['tags format'],
  },
  {
    title: "parentheses in a project's name",
    call: (services, { organization_id }) =>
      services.projects.create(OPERATOR, { organization_id, name: 'a (b)' }),
    faults: ['name format'],
  },
  {
    title: 'a negative number of buckets',
    call: (services, { second }) => services.projects.update(OPERATOR, second.id, { max_buckets: -1 }),
    faults: ['max_buckets constraint'],
  },
  {
    title: "an organization's owner without an address",
    call: (services) => services.organizations.create(OPERATOR, { name: 'new', owner: { email: 'nobody' } }),
    faults: ['email format'],
  },
  {
    title: 'a short password',
    call: createUser({ password: new Secret('short') }),
    faults: ['password constraint'],
  },
  { title: 'a username with a space', call: createUser({ username: 'ada l' }), faults: ['username format'] },
  { title: 'a username of one character', call: createUser({ username: 'a' }), faults: ['username format'] },
  {
    title: 'page 0',
    call: (services) => services.users.list({ page: 0, page_size: 1001 }),
    faults: ['page constraint', 'page_size constraint'],
  },
  {
    title: 'an unknown permission set',
    call: rule(() => ({ permission_set_names: ['ObjectStorageEverything'] })),
    faults: ['rules.0.permission_set_names unknown'],
  },
  {
    title: 'no permission set',
    call: rule(() => ({ permission_set_names: [] })),
    faults: ['rules.0.permission_set_names required'],
  },
  {
    title: 'sets of both kinds',
    call: rule(({ organization_id }) => ({
      permission_set_names: ['ObjectStorageReadOnly', 'IAMReadOnly'],
      scope: { kind: 'organization', organization_id },
    })),
    faults: ['rules.0.permission_set_names constraint'],
  },
  {
    title: 'a set about the organization in the scope of projects',
    call: rule(() => ({ permission_set_names: ['IAMReadOnly'] })),
    faults: ['rules.0.permission_set_names constraint'],
  },
  {
    title: 'no project',
    call: rule(() => ({ scope: { kind: 'projects', project_ids: [] } })),
    faults: ['rules.0.project_ids required'],
  },
  {
    title: 'a project that is not there',
    call: rule(() => ({ scope: { kind: 'projects', project_ids: ['elsewhere'] } })),
    faults: ['rules.0.project_ids unknown'],
  },
  {
    title: "another organization's scope",
    call: rule(() => ({ scope: { kind: 'organization', organization_id: 'elsewhere' } })),
    faults: ['rules.0.organization_id constraint'],
  },
  {
    title: 'a condition that does not parse',
    call: rule(() => ({ condition: 'request.ip ==' })),
    faults: ['rules.0.condition format'],
  },
  {
    title: 'a key without a bearer',
    call: (services) => services.keys.create(OPERATOR, {}),
    faults: ['bearer required'],
  },
  { title: 'a long name of a key', call: createKey({ name: LONG }), faults: ['name constraint'] },
  {
    title: 'an expiry that has passed',
    call: createKey({ expires_at: new Date(START).toISOString() }),
    faults: ['expires_at constraint'],
  },
  {
    title: 'an expiry that is a date',
    call: createKey({ expires_at: '2030-01-31' }),
    faults: ['expires_at format'],
  },
  {
    title: 'restrictions that name what is not there',
    call: createKey({ restrictions: { ...restrictions, operations: ['FlyToTheMoon'], tags: ['moon'] } }),
    faults: ['restrictions.operations unknown', 'restrictions.tags unknown'],
  },
  {
    title: 'restrictions to nothing',
    call: createKey({ restrictions: { ...restrictions, operations: [], resources: [] } }),
    faults: ['restrictions.operations constraint', 'restrictions.resources constraint'],
  },
  {
    title: 'a restriction to what cannot be a bucket',
    call: createKey({ restrictions: { ...restrictions, resources: [{ bucket: 'No_Bucket', prefix: '' }] } }),
    faults: ['restrictions.resources format', 'restrictions.resources format'],
  },
  { title: 'a short access key', call: importKey('AK', 'long enough'), faults: ['access_key format'] },
  {
    title: 'an access key with a slash',
    call: importKey('AKIA/1', 'long enough'),
    faults: ['access_key format'],
  },
  {
    title: 'an access key with an @',
    call: importKey('AKIA@1', 'long enough'),
    faults: ['access_key format'],
  },
  { title: 'a short secret', call: importKey('AKIA', '1234567'), faults: ['secret_key format'] },
  {
    title: 'a secret that is not ASCII',
    call: importKey('AKIA', 'geheimnisträger'),
    faults: ['secret_key format'],
  },
  { title: 'a long secret', call: importKey('AKIA', 'x'.repeat(129)), faults: ['secret_key format'] },
  {
    title: 'a negative grace',
    call: (services, { key }) => services.keys.rotate(OPERATOR, key.access_key, -1),
    faults: ['grace constraint'],
  },
  {
    title: 'what cannot be a bucket',
    call: (services, { project, backend }) =>
      services.buckets.adopt(OPERATOR, { name: 'No_Bucket', project_id: project.id, backend_id: backend.id }),
    faults: ['name format'],
  },
  { title: 'no endpoint', call: createBackend({ endpoints: [] }), faults: ['endpoints required'] },
  ...[
    'minio.example.com:9000',
    'ftp://minio.example.com',
    'http://user:password@minio.example.com',
    'http://minio.example.com/s3',
    'http://minio.example.com?a=b',
    'http://',
  ].map((endpoint) => ({
    title: `the endpoint ${endpoint}`,
    call: createBackend({ endpoints: [endpoint] }),
    faults: ['endpoints format'],
  })),
  {
    title: "an empty credential, a region with a space, a CA that is none, an operation that can't be opened",
    call: createBackend({
      access_key: '',
      secret_key: new Secret(''),
      region: 'a b',
      ca: 'x',
      opened_operations: ['PutObject'],
    }),
    faults: [
      'region format',
      'access_key required',
      'secret_key required',
      'ca format',
      'opened_operations unknown',
    ],
  },
]

describe('refused, with the arguments at fault, and without a change:', () => {
  test.each(CASES)('$title', async ({ call, faults }) => {
    const { services, world } = await setUp()
    const before = await services.logs.list({})
    expect(await argumentFaults(call(services, world))).toEqual(faults)
    expect((await services.logs.list({})).total_count).toBe(before.total_count)
  })
})
