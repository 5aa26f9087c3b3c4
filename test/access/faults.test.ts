import { describe, expect, it } from 'vitest'
import { readDocument } from '../../src/access/document.ts'
import { AccessError } from '../../src/access/fault.ts'
import { createWorld } from './support.ts'

/** The rest of a file, of which the first line is the third, and what is said of it. */
const CASES: readonly (readonly [what: string, rest: string, faults: readonly RegExp[]])[] = [
  [
    'an unknown list',
    'polices: []',
    [/^3 polices: there is no such key here \(did you mean `policies`\?\)$/],
  ],
  ['an unknown field', 'applications:\n  - name: a\n    descripton: x', [/^5 .*did you mean `description`/]],
  ['a missing name', 'applications:\n  - description: x', [/^4 applications\.0\.name: is missing$/]],
  [
    'a number for text',
    'applications:\n  - name: 12',
    [/^4 applications\.0\.name: expected text \(in quotes/],
  ],
  ['no list', 'applications: one', [/^3 applications: expected a list$/]],
  ['a name with a slash', 'projects:\n  - name: a/b', [/^4 projects\.0\.name: must have 1 to 64 characters/]],
  ['an address that is none', 'users:\n  - email: ann', [/^4 users\.0\.email: must be an e-mail address$/]],
  [
    'a permission set that there is not',
    'policies:\n  - name: p\n    no_principal: true\n    rules:\n      - permission_set_names: [ObjectStorageFulAccess]\n        organization_scope: true',
    [
      /^7 policies\.0\.rules\.0\.permission_set_names\.0: there is no such permission set \(did you mean `ObjectStorageFullAccess`\?\): `s3warden permission-set list` shows all$/,
    ],
  ],
  [
    'a condition that is none',
    'policies:\n  - name: p\n    no_principal: true\n    rules:\n      - permission_set_names: [ObjectStorageReadOnly]\n        organization_scope: true\n        condition: request.ip ==',
    [/^9 policies\.0\.rules\.0\.condition: line 1, column/],
  ],
  [
    'a rule without scope',
    'policies:\n  - name: p\n    no_principal: true\n    rules:\n      - permission_set_names: [ObjectStorageReadOnly]',
    [/^7 .*expected either `projects` or `organization_scope: true`/],
  ],
  [
    'a policy about nobody',
    'policies:\n  - name: p',
    [/^4 .*expected one of `user`, `group`, `application`/],
  ],
  [
    'a reference to nobody',
    'applications: [{ name: backup }]\ngroups:\n  - name: g\n    applications:\n      - bakcup',
    [
      /^7 groups\.0\.applications\.0: there is no application `bakcup` in the file or in the store, but `backup`$/,
    ],
  ],
  ['one of a name twice', 'applications:\n  - name: a\n  - name: a', [/^5 applications\.1: .*twice/]],
  [
    'a key that goes nowhere',
    'applications: [{ name: a }]\nkeys:\n  - name: k\n    application: a',
    [/^5 keys\.0: .*`write_to`/],
  ],
  [
    'a key that cannot be written where it is to go',
    'applications: [{ name: a }]\nkeys:\n  - name: k\n    application: a\n    write_to: /dev/null/keys/k',
    [/^7 keys\.0\.write_to: `\/dev\/null\/keys\/k` cannot be written \(ENOTDIR\)$/],
  ],
  [
    'a key that is not there',
    'applications: [{ name: a }]\nkeys:\n  - access_key: NOT.THERE\n    application: a',
    [/^5 keys\.0\.access_key: .*give its `secret_key`/],
  ],
  [
    'a secret in the file itself',
    'applications: [{ name: a }]\nkeys:\n  - access_key: KEY\n    application: a\n    secret_key: hush-hush-hush',
    [/^7 keys\.0\.secret_key: expected a map$/],
  ],
  [
    'a secret that is not there',
    'applications: [{ name: a }]\nkeys:\n  - { access_key: KEY, application: a, secret_key: { env: NOPE } }\n  - { access_key: KEY2, application: a, secret_key: { file: nope } }',
    [
      /^5 keys\.0\.secret_key: .*`NOPE` is not set/,
      /^6 keys\.1\.secret_key: .*`nope` cannot be read \(ENOENT\)/,
    ],
  ],
  [
    'restrictions that are none',
    'applications: [{ name: a }]\nkeys:\n  - name: k\n    application: a\n    write_to: k\n    restrictions:\n      operations: [GetObjekt]\n      resources:\n        - sos/bucket:good\n        - photos',
    [/^12 keys\.0\.restrictions\.resources\.1: `photos` is no resource/],
  ],
  [
    'an operation that there is not',
    'applications: [{ name: a }]\nkeys:\n  - name: k\n    application: a\n    write_to: k\n    restrictions:\n      operations: [GetObjekt]',
    [/^9 keys\.0\.restrictions\.operations: there is no operation `GetObjekt`$/],
  ],
  [
    'an end in the past',
    'applications: [{ name: a }]\nkeys:\n  - name: k\n    application: a\n    write_to: k\n    expires_at: 2020-01-01T00:00:00Z',
    [/^8 keys\.0\.expires_at: must be in the future$/],
  ],
  [
    'keys made through each other',
    'applications: [{ name: a }]\nkeys:\n  - { name: k, application: a, write_to: k, through: l }\n  - { name: l, application: a, write_to: l, through: k }',
    [/^5 keys\.0\.through: .*each other/, /^6 keys\.1\.through: .*each other/],
  ],
  [
    'two default projects',
    'projects:\n  - { name: a, default: true }\n  - { name: b, default: true }',
    [/^5 projects\.1\.default/],
  ],
  [
    'a backend that is not there',
    'projects:\n  - name: a\n    backend: nope',
    [/^5 projects\.0\.backend: there is no backend `nope`/],
  ],
  [
    'a bucket without a backend',
    'projects:\n  - name: a\n    buckets: [photos]',
    [/^5 projects\.0\.buckets\.0: there is no backend `default`/],
  ],
  [
    'a bucket that cannot be',
    "backends: [{ name: default, endpoints: ['http://a'], access_key: A, secret_key: { env: E } }]\nprojects:\n  - name: a\n    buckets: [No]",
    [/^6 projects\.0\.buckets\.0.*: `No` cannot be the name of a bucket/],
  ],
  [
    'a backend with a path',
    "backends:\n  - name: b\n    endpoints: ['http://a/b']\n    access_key: A\n    secret_key: { env: E }",
    [/^5 backends\.0\.endpoints: each must be http/],
  ],
  ['the owner among the users', 'users:\n  - email: owner@localhost', [/^4 users\.0: this is the owner/]],
]

describe('a file with', () => {
  it.each(CASES)('%s', async (_what, rest, faults) => {
    const world = await createWorld()
    world.environment.E = 'a-secret-of-a-backend'
    const found = await world.faults(`version: 1\norganization: { name: Example }\n${rest}`)
    expect(found).toEqual(faults.map((fault) => expect.stringMatching(fault)))
    expect(found.join()).not.toContain('hush')
    expect((await world.services.organizations.list({})).total_count).toBe(0)
  })

  it('faults of every kind names them all, in the order of their lines, and none that only follows', async () => {
    const world = await createWorld()
    const text = `version: 1
organization: { name: Example }
projects:
  - name: re/d
applications:
  - name: app
    colour: red
policies:
  - name: p
    application: app
    rules:
      - permission_set_names: [ObjectStorageReadOnly]
        projects: [re/d]
        condition: '1 +'
  - name: q
    application: nobody
keys:
  - name: k
    application: app
    default_project: gone
`
    const error = await world.apply(text).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AccessError)
    expect((error as Error).message.split('\n')).toEqual([
      'the access file has 4 faults',
      expect.stringMatching(/^ {2}access\.yaml:4: projects\[0\]\.name: must have/),
      expect.stringMatching(/^ {2}access\.yaml:7: applications\[0\]\.colour: there is no such key here/),
      expect.stringMatching(
        /^ {2}access\.yaml:16: policies\[1\]\.application: there is no application `nobody`/,
      ),
      expect.stringMatching(/^ {2}access\.yaml:20: keys\[0\]\.default_project: there is no project `gone`/),
    ])
  })
})

describe('a document', () => {
  it.each([
    ['', /1 : expected a map/],
    ['- a', /1 : expected a map/],
    ['version: 1\nversion: 1', /2 : no YAML: a key is there twice/],
    ['version: 1\norganization: { name: [ }', /2 : no YAML/],
    ['version: 2\norganization: { name: x }', /1 version: expected 1/],
    ['organization: { name: x }', /1 version: is missing/],
    ['version: 1', /1 organization: expected a map|1 organization: is missing/],
    [
      `version: 1\norganization: { name: x }\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`,
      /alias/,
    ],
  ])('%j is refused', (text, said) => {
    const { faults } = readDocument('access.yaml', text)
    expect(
      faults.map(({ line, path, message }) => `${line} ${path.join('.')}: ${message}`).join('\n'),
    ).toMatch(said)
  })

  it('knows the lines of what stands behind an anchor', () => {
    const text =
      'version: 1\norganization: { name: x }\napplications:\n  - &a\n    name: a\n    tags: [1]\n  - *a'
    expect(readDocument('access.yaml', text).faults.map(({ line }) => line)).toEqual([6, 6])
  })
})
