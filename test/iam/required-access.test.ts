import { readFileSync } from 'node:fs'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { ACTIONS, type Action, isAction } from '../../src/iam/actions.ts'
import {
  assertEveryOperationMapped,
  type BodyFact,
  requiredAccess,
  requiredByBody,
  requiredForKey,
} from '../../src/iam/required-access.ts'
import {
  isOperationName,
  type MatchableOperationName,
  type MatchedOperation,
  OPERATIONS,
} from '../../src/s3/operation.ts'

interface DataRow {
  readonly name: string
  readonly matchable: boolean
  readonly iam: { readonly required: readonly { readonly action: string; readonly resource: string }[] }
}

const DATA: readonly DataRow[] = JSON.parse(
  readFileSync(new URL('../data/s3-operations.json', import.meta.url), 'utf8'),
).operations

function matched(name: MatchableOperationName, params: MatchedOperation['params'] = []): MatchedOperation {
  return { name, row: OPERATIONS[name], params, idle: [] }
}

function isMatchable(name: string): name is MatchableOperationName {
  return isOperationName(name) && OPERATIONS[name].matching === 'request'
}

function needs(
  name: MatchableOperationName,
  headers: Record<string, string> = {},
  params: MatchedOperation['params'] = [],
): readonly string[] {
  return requiredAccess(matched(name, params), new Map(Object.entries(headers))).map(
    ({ action, target }) => `${action} ${target}`,
  )
}

const COPY = { 'x-amz-copy-source': '/photos/cat.jpg' }
const VERSION = [['versionId', 'v1']] as const

describe('what an operation needs', () => {
  it('maps every operation', () => {
    expect(() => assertEveryOperationMapped()).not.toThrow()
  })

  it.each([
    ['an empty list of actions', { ...OPERATIONS.GetObject, iam: { required: [], conditional: [] } }],
    [
      'a permission that is none of ours',
      {
        ...OPERATIONS.GetObject,
        iam: { required: [{ action: 's3:DoAnything', resource: 'object' }], conditional: [] },
      },
    ],
    [
      'a condition that adds one',
      {
        ...OPERATIONS.GetObject,
        iam: {
          required: [{ action: 's3:GetObject', resource: 'object' }],
          conditional: [
            {
              when: { kind: 'query', name: 'versionId' },
              effect: 'add',
              action: 's3:DoAnything',
              resource: 'object',
            },
          ],
        },
      },
    ],
  ] as const)('%s stops the start', (_, row) => {
    expect(() => assertEveryOperationMapped({ ...OPERATIONS, FetchObject: row })).toThrow(/FetchObject/)
  })

  it('has an action for every operation but those that need none of their own', () => {
    type WithoutAction = Exclude<MatchableOperationName, Action>
    expectTypeOf<WithoutAction>().toEqualTypeOf<
      'DeleteObjects' | 'CorsPreflightBucket' | 'CorsPreflightObject'
    >()
  })

  it.each(
    DATA.filter(({ name, matchable, iam }) => matchable && iam.required.length > 0 && isMatchable(name)),
  )('$name needs what AWS needs', ({ name, iam }) => {
    if (!isMatchable(name)) throw new Error('filtered')
    const actual = requiredAccess(matched(name), new Map())
    expect(actual.map(({ action }) => ACTIONS[action][0])).toEqual(iam.required.map(({ action }) => action))
    // The operation's own action, where it has one, is among them.
    if (isAction(name)) expect(actual.map(({ action }) => action)).toContain(name)
  })

  it.each([
    ['GetObject', {}, [], ['GetObject object']],
    ['GetObject', {}, VERSION, ['GetObjectVersion object']],
    ['HeadObject', {}, [], ['HeadObject object']],
    ['HeadObject', {}, VERSION, ['HeadObjectVersion object']],
    ['GetObjectAttributes', {}, [], ['GetObject object', 'GetObjectAttributes object']],
    ['GetObjectAttributes', {}, VERSION, ['GetObjectVersion object', 'GetObjectVersionAttributes object']],
    ['GetObjectAcl', {}, VERSION, ['GetObjectVersionAcl object']],
    ['PutObjectAcl', {}, VERSION, ['PutObjectVersionAcl object']],
    ['GetObjectTagging', {}, VERSION, ['GetObjectVersionTagging object']],
    ['PutObjectTagging', {}, VERSION, ['PutObjectVersionTagging object']],
    ['DeleteObjectTagging', {}, VERSION, ['DeleteObjectVersionTagging object']],
    ['DeleteObject', {}, [], ['DeleteObject object']],
    ['DeleteObject', {}, VERSION, ['DeleteObjectVersion object']],
    [
      'DeleteObject',
      { 'x-amz-bypass-governance-retention': 'true' },
      VERSION,
      ['DeleteObjectVersion object', 'BypassGovernanceRetention object'],
    ],
    [
      'DeleteObject',
      { 'x-amz-bypass-governance-retention': 'TRUE' },
      [],
      ['DeleteObject object', 'BypassGovernanceRetention object'],
    ],
    ['DeleteObject', { 'x-amz-bypass-governance-retention': 'false' }, [], ['DeleteObject object']],
    ['DeleteObject', { 'if-match': '"e"' }, [], ['DeleteObject object', 'GetObject object']],
    ['DeleteObject', { 'if-match': '*' }, [], ['DeleteObject object']],
    ['ListObjects', {}, [], ['ListObjects bucket']],
    ['HeadBucket', {}, [], ['HeadBucket bucket']],
    ['ListBuckets', {}, [], ['ListBuckets service']],
    ['PutObject', {}, [], ['PutObject object']],
    ['PutObject', { 'x-amz-acl': 'private' }, [], ['PutObject object']],
    ['PutObject', { 'x-amz-acl': 'bucket-owner-full-control' }, [], ['PutObject object']],
    ['PutObject', { 'x-amz-acl': 'public-read' }, [], ['PutObject object', 'PutObjectAcl object']],
    [
      'PutObject',
      { 'x-amz-acl': 'private', 'x-amz-grant-read': 'id=1' },
      [],
      ['PutObject object', 'PutObjectAcl object'],
    ],
    ['PutObject', { 'x-amz-grant-write-acp': 'id=1' }, [], ['PutObject object', 'PutObjectAcl object']],
    ['PutObject', { 'x-amz-tagging': 'a=b' }, [], ['PutObject object', 'PutObjectTagging object']],
    [
      'PutObject',
      { 'x-amz-object-lock-mode': 'GOVERNANCE', 'x-amz-object-lock-legal-hold': 'ON' },
      [],
      ['PutObject object', 'PutObjectRetention object', 'PutObjectLegalHold object'],
    ],
    ['PutObject', { 'if-match': '"e"' }, [], ['PutObject object', 'GetObject object']],
    ['PutObject', { 'if-none-match': '*' }, [], ['PutObject object']],
    ['PostObject', { 'x-amz-acl': 'public-read' }, [], ['PostObject object', 'PutObjectAcl object']],
    [
      'CreateMultipartUpload',
      { 'x-amz-tagging': 'a=b' },
      [],
      ['CreateMultipartUpload object', 'PutObjectTagging object'],
    ],
    [
      'CompleteMultipartUpload',
      { 'if-match': '"e"' },
      [],
      ['CompleteMultipartUpload object', 'GetObject object'],
    ],
    ['CopyObject', COPY, [], ['CopyObject object', 'GetObject copySource']],
    [
      'CopyObject',
      { 'x-amz-copy-source': 'photos/cat.jpg?versionId=v1' },
      [],
      ['CopyObject object', 'GetObjectVersion copySource'],
    ],
    ['UploadPartCopy', COPY, [], ['UploadPartCopy object', 'GetObject copySource']],
    [
      'UploadPartCopy',
      { 'x-amz-copy-source': 'photos/cat.jpg?versionId=v1' },
      [],
      ['UploadPartCopy object', 'GetObjectVersion copySource'],
    ],
    [
      'PutObjectRetention',
      { 'x-amz-bypass-governance-retention': 'true' },
      [],
      ['PutObjectRetention object', 'BypassGovernanceRetention object'],
    ],
    [
      'CreateBucket',
      {
        'x-amz-acl': 'public-read',
        'x-amz-bucket-object-lock-enabled': 'true',
        'x-amz-object-ownership': 'x',
      },
      [],
      [
        'CreateBucket bucket',
        'PutBucketAcl bucket',
        'PutObjectLockConfiguration bucket',
        'PutBucketVersioning bucket',
        'PutBucketOwnershipControls bucket',
      ],
    ],
    ['DeleteObjects', {}, [], ['DeleteObject eachKey']],
  ] as const)('%s %j %j', (name, headers, params, expected) => {
    expect(needs(name, headers, params)).toEqual(expected)
  })

  it.each([
    ['PutObject', { 'x-amz-object-lock-event-hold': 'ON' }],
    ['CopyObject', { ...COPY, 'x-amz-object-lock-event-hold-duration-days': '1' }],
    ['CreateMultipartUpload', { 'x-amz-object-lock-event-hold-duration-years': '1' }],
    ['CorsPreflightBucket', {}],
    ['CorsPreflightObject', {}],
  ] as const)('nothing allows %s with %j', (name, headers) => {
    expect(() => needs(name, headers)).toThrow(expect.objectContaining({ code: 'AccessDenied' }))
  })

  it.each([
    [[], {}, ['DeleteObject']],
    [['objectVersionId'], {}, ['DeleteObjectVersion']],
    [['objectEtag'], {}, ['DeleteObject', 'GetObject']],
    [
      ['objectVersionId', 'objectEtag'],
      { 'x-amz-bypass-governance-retention': 'true' },
      ['DeleteObjectVersion', 'BypassGovernanceRetention', 'GetObject'],
    ],
  ] as const)('a key of a batch with %j and %j needs %j', (bodyFacts, headers, expected) => {
    const facts = new Set<BodyFact>(bodyFacts)
    expect(requiredForKey(matched('DeleteObjects'), new Map(Object.entries(headers)), facts)).toEqual(
      expected,
    )
  })

  it('tags in the body of CreateBucket need leave to tag', () => {
    expect(requiredByBody(matched('CreateBucket'), new Set(['bucketTags']))).toEqual([
      { action: 'PutBucketTagging', target: 'bucket' },
    ])
    expect(requiredByBody(matched('CreateBucket'), new Set())).toEqual([])
  })

  it('no permission covers a role of the backend', () => {
    expect(() => requiredByBody(matched('PutBucketReplication'), new Set(['role']))).toThrow(
      expect.objectContaining({ code: 'AccessDenied' }),
    )
  })
})
