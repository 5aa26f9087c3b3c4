import { expect, test } from 'vitest'
import { accessControlPolicy, listAllMyBucketsResult, locationConstraint } from '../../src/s3/results.ts'

const owner = { id: '7b0c', displayName: 'a & b' }
const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
const xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
const identity = '<ID>7b0c</ID><DisplayName>a &amp; b</DisplayName>'

test('a page of buckets', () => {
  const listing = {
    owner,
    buckets: [{ name: 'one', creationDate: '2026-01-31T12:00:00.000Z', region: 'eu' }],
    prefix: 'o',
    continuationToken: 'next',
  }
  expect(listAllMyBucketsResult(listing)).toBe(
    `${head}<ListAllMyBucketsResult ${xmlns}><Owner>${identity}</Owner><Buckets><Bucket><Name>one</Name>` +
      '<CreationDate>2026-01-31T12:00:00.000Z</CreationDate><BucketRegion>eu</BucketRegion></Bucket></Buckets>' +
      '<Prefix>o</Prefix><ContinuationToken>next</ContinuationToken></ListAllMyBucketsResult>',
  )
})

test('no buckets at all', () => {
  expect(
    listAllMyBucketsResult({ owner, buckets: [], prefix: undefined, continuationToken: undefined }),
  ).toBe(
    `${head}<ListAllMyBucketsResult ${xmlns}><Owner>${identity}</Owner><Buckets></Buckets></ListAllMyBucketsResult>`,
  )
})

test.each([
  ['us-east-1', ''],
  ['fr-par', 'fr-par'],
])('%s is written as %j', (region, written) => {
  expect(locationConstraint(region)).toBe(
    `${head}<LocationConstraint ${xmlns}>${written}</LocationConstraint>`,
  )
})

test('the project owns, and nobody else has anything', () => {
  expect(accessControlPolicy(owner)).toBe(
    `${head}<AccessControlPolicy ${xmlns}><Owner>${identity}</Owner><AccessControlList><Grant>` +
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' +
      `${identity}</Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`,
  )
})
