/** Checksums: right ones pass, wrong ones leave no object. */
import { createHash } from 'node:crypto'
import { createCRC32, createCRC64, createXXHash3, createXXHash64, createXXHash128 } from 'hash-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { call, element, header, makeBucket, verdict, type WorldOf } from './world.ts'

/** Reversed polynomial of CRC-32C. */
const CASTAGNOLI = 0x82f63b78
/** Reversed polynomial of CRC-64/NVME. */
const NVME = '9a6c9329ac4bc9b5'

interface Hasher {
  init(): Hasher
  update(data: Buffer): Hasher
  digest(kind: 'hex'): string
}

const wasm = (make: () => Promise<unknown>) => async (data: Buffer) =>
  ((await make()) as Hasher).init().update(data).digest('hex')
const node = (name: string) => (data: Buffer) => Promise.resolve(createHash(name).update(data).digest('hex'))

/** Algorithm as in `x-amz-checksum-…` → hex digest. */
export const ALGORITHMS: readonly (readonly [name: string, digest: (data: Buffer) => Promise<string>])[] = [
  ['crc32', wasm(() => createCRC32())],
  ['crc32c', wasm(() => createCRC32(CASTAGNOLI))],
  ['crc64nvme', wasm(() => createCRC64(NVME))],
  ['sha1', node('sha1')],
  ['sha256', node('sha256')],
  ['sha512', node('sha512')],
  ['md5', node('md5')],
  ['xxhash64', wasm(() => createXXHash64())],
  ['xxhash3', wasm(() => createXXHash3())],
  ['xxhash128', wasm(() => createXXHash128())],
]

export async function checksum(
  [, digest]: (typeof ALGORITHMS)[number],
  data: Buffer | string,
): Promise<string> {
  return Buffer.from(await digest(Buffer.from(data)), 'hex').toString('base64')
}

export function checksums(worldOf: WorldOf): void {
  let bucket: string

  describe('checksums', () => {
    beforeAll(async () => {
      bucket = await makeBucket(worldOf())
    })

    test('the reference agrees with published check values', async () => {
      const of = (name: string) => checksum(ALGORITHMS.find(([other]) => other === name)!, '123456789')
      const hex = async (name: string) => Buffer.from(await of(name), 'base64').toString('hex')
      expect([await hex('crc32'), await hex('crc32c'), await hex('crc64nvme')]).toEqual([
        'cbf43926',
        'e3069283',
        'ae8b14860a799888',
      ])
    })

    test.for(ALGORITHMS)('%s: right is kept, wrong leaves no object', async (algorithm) => {
      const world = worldOf()
      const [name] = algorithm
      const target = `/${bucket}/${name}`
      const put = async (data: string) =>
        call(world, {
          method: 'PUT',
          target,
          headers: [[`x-amz-checksum-${name}`, await checksum(algorithm, data)]],
          body: 'the right data',
        })
      const wrong = await put('other data')
      expect(verdict(wrong)).toBe('400 BadDigest')
      expect((await call(world, { method: 'HEAD', target })).status).toBe(404)
      expect(verdict(await put('the right data'))).toBe('200')
      const got = await call(world, { method: 'GET', target, headers: [['x-amz-checksum-mode', 'ENABLED']] })
      expect(got.body.toString()).toBe('the right data')
      if (world.can.keepsChecksums.includes(name)) {
        expect(header(got, `x-amz-checksum-${name}`)).toBe(await checksum(algorithm, 'the right data'))
      }
      expect(verdict(await put('other data'))).toBe('400 BadDigest')
      expect((await call(world, { method: 'GET', target })).body.toString()).toBe('the right data')
    })

    test.for(ALGORITHMS)('%s of nothing', async (algorithm) => {
      const world = worldOf()
      const put = async (data: string) =>
        call(world, {
          method: 'PUT',
          target: `/${bucket}/empty-${algorithm[0]}`,
          headers: [[`x-amz-checksum-${algorithm[0]}`, await checksum(algorithm, data)]],
          body: '',
        })
      expect(verdict(await put('x'))).toBe('400 BadDigest')
      expect(verdict(await put(''))).toBe('200')
    })

    test.for([
      ['not base64', 'x-amz-checksum-crc32', '!!!'],
      ['of the wrong length', 'x-amz-checksum-crc32', 'AAAA'],
      ['of an unknown algorithm', 'x-amz-checksum-crc99', 'AAAAAA=='],
    ] as const)('a checksum %s is refused', async ([, name, value]) => {
      const world = worldOf()
      const target = `/${bucket}/malformed`
      const response = await call(world, { method: 'PUT', target, headers: [[name, value]], body: 'x' })
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect((await call(world, { method: 'HEAD', target })).status).toBe(404)
    })

    test('two checksums at once are refused', async () => {
      const world = worldOf()
      const [crc32, crc32c] = ALGORITHMS
      const response = await call(world, {
        method: 'PUT',
        target: `/${bucket}/two`,
        headers: [
          ['x-amz-checksum-crc32', await checksum(crc32!, 'x')],
          ['x-amz-checksum-crc32c', await checksum(crc32c!, 'x')],
        ],
        body: 'x',
      })
      expect(verdict(response)).toBe('400 InvalidRequest')
    })

    test('Content-MD5: right, wrong, malformed', async () => {
      const world = worldOf()
      const target = `/${bucket}/content-md5`
      const put = (value: string) =>
        call(world, { method: 'PUT', target, headers: [['Content-MD5', value]], body: 'data' })
      const wrong = await put(createHash('md5').update('other').digest('base64'))
      expect(verdict(wrong)).toBe('400 BadDigest')
      expect(element(wrong, 'CalculatedDigest')).toBeDefined()
      expect(verdict(await put('bm90IDE2IGJ5dGVz'))).toBe('400 InvalidDigest')
      expect((await call(world, { method: 'HEAD', target })).status).toBe(404)
      expect(verdict(await put(createHash('md5').update('data').digest('base64')))).toBe('200')
    })

    test('x-amz-content-sha256 of something else leaves no object', async () => {
      const world = worldOf()
      const target = `/${bucket}/sha`
      const response = await call(
        world,
        { method: 'PUT', target, body: 'data' },
        { payload: createHash('sha256').update('other').digest('hex') },
      )
      expect(verdict(response)).toBe('400 XAmzContentSHA256Mismatch')
      expect((await call(world, { method: 'HEAD', target })).status).toBe(404)
    })
  })
}
