/** What means nothing for a request, in any number and order. */
import type { RawHeaders } from '../support/raw-http.ts'
import type { Idle } from './bases.ts'
import type { Random } from './random.ts'

/** Headers that no operation among the bases knows; the first ones mean nothing on writes too. */
const ON_WRITES: RawHeaders = [
  ['x-amz-api-version', '2006-03-01'],
  ['x-amz-te', 'append-md5'],
  ['X_Request_Id', '7'],
  ['X-Request-Id', '7'],
  ['Traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Original-URL', '/elsewhere'],
  ['Accept-Language', 'fr'],
]
const ON_READS: RawHeaders = [
  ...ON_WRITES,
  ['x-amz-checksum-crc32', 'AAAAAA=='],
  ['x-amz-acl', 'public-read'],
  ['x-amz-grant-read', 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'],
  ['x-amz-tagging', 'a=b'],
  ['x-amz-meta-note', 'of a read'],
  ['x-amz-meta-snowball-auto-extract', 'true'],
  ['x-amz-metadata-directive', 'REPLACE'],
  ['x-amz-storage-class', 'GLACIER'],
  ['x-amz-bypass-governance-retention', 'true'],
  ['x-amz-server-side-encryption', 'aws:kms'],
  ['x-amz-website-redirect-location', '/elsewhere'],
  ['x-amz-object-ownership', 'ObjectWriter'],
  ['x-amz-replication-status', 'REPLICA'],
  ['x-amz-something-new', 'a\tb'],
]

const PARAMETERS_ON_WRITES = [
  'x-note=1',
  'x-note=2',
  'X-UserName=jane%2Fdoe',
  'x-id=Anything',
  'x-=',
  'x-a_b=%C3%BC',
]
const PARAMETERS_ON_READS = [
  ...PARAMETERS_ON_WRITES,
  'frobnicate',
  'metadata=true',
  'format=json',
  'rgwx-stat=true',
  'append&position=0',
  'utm_source=mail+shot',
  'constructor=1',
  '__proto__=1',
  '=',
  'a=1&a=2',
  '%00=%0d%0a',
]

export function idleInputs(random: Random): Idle {
  const some = <T>(list: readonly T[]): readonly T[] => list.filter(() => random.oneIn(3))
  return {
    headers: { read: some(ON_READS), write: some(ON_WRITES) },
    parameters: { read: some(PARAMETERS_ON_READS), write: some(PARAMETERS_ON_WRITES) },
  }
}
