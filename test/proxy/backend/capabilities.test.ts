/** The table of backends' gaps against what was read and run of them. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { adaptHeaders, CAPABILITIES, lacks } from '../../../src/proxy/backend/index.ts'
import type { HeaderList } from '../../../src/s3/headers.ts'
import { isOperationName, OPERATION_NAMES } from '../../../src/s3/operation.ts'

interface Row {
  readonly name: string
  readonly matchable: boolean
  readonly fallthroughHazard?: readonly ('minio' | 'rgw')[]
}

const { operations } = JSON.parse(
  readFileSync(new URL('../../data/s3-operations.json', import.meta.url), 'utf8'),
) as { readonly operations: readonly Row[] }

const hazards = operations
  .filter(({ matchable }) => matchable)
  .flatMap(({ name, fallthroughHazard = [] }) => fallthroughHazard.map((backend) => ({ name, backend })))

test('there are hazards', () => {
  expect(hazards.length).toBeGreaterThan(60)
})

test.each(hazards)('$name never reaches $backend', ({ name, backend }) => {
  if (!isOperationName(name)) throw new Error(`no such operation: ${name}`)
  for (const kind of [backend === 'rgw' ? 'ceph' : 'minio', 'generic'] as const) {
    const derived = name === 'GetObjectAttributes' && CAPABILITIES[kind].parts === 'derived'
    expect(derived || lacks(kind, name)).toBe(true)
  }
})

test.each(['ceph', 'minio'] as const)('%s is denied nothing else', (kind) => {
  const hazardous = new Set(
    hazards.filter(({ backend }) => backend === (kind === 'ceph' ? 'rgw' : 'minio')).map(({ name }) => name),
  )
  expect([...CAPABILITIES[kind].lacks].filter((name) => !hazardous.has(name))).toEqual([])
})

test('the development store is asked only for what it has', () => {
  const has = OPERATION_NAMES.filter((name) => !lacks('embedded', name))
  expect(has).toHaveLength(33)
  expect(has).not.toContain('PutBucketPolicy')
})

describe('checksums', () => {
  const all: HeaderList = [
    ['content-type', 'text/plain'],
    ['x-amz-checksum-mode', 'ENABLED'],
    ['x-amz-checksum-crc32', 'AAAAAA=='],
    ['x-amz-checksum-crc64nvme', 'AAAAAAAAAAA='],
    ['x-amz-checksum-xxhash3', 'AAAAAAAAAAA='],
    ['x-amz-checksum-algorithm', 'CRC64NVME'],
    ['x-amz-checksum-type', 'FULL_OBJECT'],
  ]
  test.each([
    { kind: 'aws', kept: [0, 1, 2, 3, 4, 5, 6] },
    { kind: 'embedded', kept: [0, 1, 2, 3, 4, 5, 6] },
    { kind: 'minio', kept: [0, 1, 2, 3, 5, 6] },
    { kind: 'ceph', kept: [0, 1, 2] },
    { kind: 'generic', kept: [0, 1] },
  ] as const)('$kind', ({ kind, kept }) => {
    expect(adaptHeaders(kind, 'PutObject', all)).toEqual(kept.map((index) => all[index]))
  })
})

describe('entity tags of conditions', () => {
  test.each([
    ['ceph', 'PutObject', '"abc"', 'abc'],
    ['ceph', 'PutObject', 'abc', 'abc'],
    ['ceph', 'PutObject', '"a", "b"', '"a", "b"'],
    ['ceph', 'GetObject', '"abc"', '"abc"'],
    ['minio', 'PutObject', '"abc"', '"abc"'],
  ] as const)('%s, %s: %s goes out as %s', (kind, operation, given, sent) => {
    expect(adaptHeaders(kind, operation, [['if-match', given]])).toEqual([['if-match', sent]])
  })
})
