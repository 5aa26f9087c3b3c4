import { describe, expect, test } from 'vitest'
import { isOpenable, OPENABLE, refuseUnopenedHeaders, unopened } from '../../src/s3/opened.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../src/s3/operation.ts'
import { headersOf, match, refusal } from './requests.ts'

const run = (
  method: string,
  level: 'bucket' | 'object',
  query: string,
  headers: Record<string, string>,
  opened: readonly string[],
) => {
  const operation = match(method, level, query, headers)
  const refusalOfIt = unopened(operation, opened)
  if (refusalOfIt !== undefined) throw refusalOfIt
  refuseUnopenedHeaders(operation, headersOf(headers), opened)
}

/** What must not reach a backend by itself. */
const CLOSED = [
  'BucketPolicy',
  'PublicAccessBlock',
  'OwnershipControls',
  'Website',
  'Replication',
  'Logging',
  'Notification',
  'Inventory',
  'Analytics',
  'Metadata',
  'Accelerate',
  'RequestPayment',
]

test.each(CLOSED)('everything about %s is closed', (word) => {
  const names = OPERATION_NAMES.filter((name) => name.includes(word))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) expect(OPERATIONS[name].disposition).toBe('opened')
})

test.each<[OperationName, string]>([
  ['ListBuckets', 'answer'],
  ['GetBucketLocation', 'answer'],
  ['GetBucketAcl', 'answer'],
  ['GetObjectAcl', 'answer'],
  ['CorsPreflightBucket', 'answer'],
  ['CorsPreflightObject', 'answer'],
  ['CreateSession', 'refuse'],
  ['SelectObjectContent', 'refuse'],
  ['WriteGetObjectResponse', 'refuse'],
  ['RenameObject', 'refuse'],
  ['PutBucketLifecycleConfiguration', 'forward'],
  ['PutBucketCors', 'forward'],
  ['PutBucketTagging', 'forward'],
  ['PutObjectRetention', 'forward'],
  ['RestoreObject', 'forward'],
])('%s: %s', (name, disposition) => {
  expect(OPERATIONS[name].disposition).toBe(disposition)
})

describe('closed unless opened', () => {
  test.each<['GET' | 'PUT' | 'POST', 'bucket' | 'object', string, Record<string, string>, string]>([
    ['PUT', 'bucket', 'policy', {}, 'PutBucketPolicy'],
    ['GET', 'bucket', 'policyStatus', {}, 'GetBucketPolicyStatus'],
    ['PUT', 'bucket', 'inventory&id=a', {}, 'PutBucketInventoryConfiguration'],
    ['GET', 'object', 'torrent', {}, 'GetObjectTorrent'],
    ['PUT', 'object', '', { 'x-amz-acl': 'public-read' }, 'PutObjectAcl'],
    ['PUT', 'object', '', { 'x-amz-acl': 'authenticated-read' }, 'PutObjectAcl'],
    ['PUT', 'object', '', { 'x-amz-acl': 'Private' }, 'PutObjectAcl'],
    ['PUT', 'object', '', { 'x-amz-grant-read': 'uri="x"' }, 'PutObjectAcl'],
    ['PUT', 'object', 'acl', { 'x-amz-grant-full-control': 'id=x' }, 'PutObjectAcl'],
    ['POST', 'object', 'uploads', { 'x-amz-acl': 'public-read-write' }, 'PutObjectAcl'],
    ['PUT', 'bucket', '', { 'x-amz-acl': 'public-read' }, 'PutBucketAcl'],
    ['PUT', 'bucket', 'acl', { 'x-amz-grant-write': 'id=x' }, 'PutBucketAcl'],
    ['PUT', 'bucket', '', { 'x-amz-object-ownership': 'ObjectWriter' }, 'PutBucketOwnershipControls'],
    ['PUT', 'object', '', { 'x-amz-server-side-encryption': 'aws:kms' }, 'KmsEncryption'],
    ['PUT', 'object', '', { 'x-amz-server-side-encryption': 'aws:kms:dsse' }, 'KmsEncryption'],
    ['PUT', 'object', '', { 'x-amz-server-side-encryption-aws-kms-key-id': 'k' }, 'KmsEncryption'],
    ['PUT', 'object', '', { 'x-amz-server-side-encryption-context': 'c' }, 'KmsEncryption'],
  ])('%s %s ?%s %j needs %s', (method, level, query, headers, name) => {
    expect(refusal(() => run(method, level, query, headers, [])).code).toBe('NotImplemented')
    expect(refusal(() => run(method, level, query, headers, ['GetBucketAbac'])).code).toBe('NotImplemented')
    expect(isOpenable(name)).toBe(true)
    expect(() => run(method, level, query, headers, [name])).not.toThrow()
  })

  test('what is refused cannot be opened', () => {
    expect(refusal(() => run('GET', 'bucket', 'session', {}, ['CreateSession', ...OPENABLE])).code).toBe(
      'NotImplemented',
    )
    expect(isOpenable('CreateSession')).toBe(false)
  })
})

test.each<Record<string, string>>([
  { 'x-amz-acl': 'private' },
  { 'x-amz-acl': 'bucket-owner-full-control' },
  { 'x-amz-server-side-encryption': 'AES256' },
  { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
])('%j is open to everybody', (headers) => {
  expect(() => run('PUT', 'object', '', headers, [])).not.toThrow()
})

test('an encryption that there is not is an error of its own', () => {
  const error = refusal(() => run('PUT', 'object', '', { 'x-amz-server-side-encryption': 'rot13' }, []))
  expect(error.code).toBe('InvalidArgument')
})
