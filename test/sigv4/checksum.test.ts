import { beforeAll, describe, expect, test } from 'vitest'
import {
  CHECKSUM_ALGORITHMS,
  CHECKSUM_LENGTH,
  type ChecksumAlgorithm,
  type Checksums,
  loadChecksums,
} from '../../src/sigv4/checksum.ts'
import { declaredChecksum } from '../../src/sigv4/checksum-headers.ts'
import { randomNumbers } from './vectors.ts'

let checksums: Checksums
beforeAll(async () => {
  checksums = await loadChecksums()
})

/** Of the bytes `123456789`, as catalogues of these algorithms publish them, and of nothing. */
const KNOWN: Record<ChecksumAlgorithm, readonly [check: string, empty: string]> = {
  CRC32: ['cbf43926', '00000000'],
  CRC32C: ['e3069283', '00000000'],
  CRC64NVME: ['ae8b14860a799888', '0000000000000000'],
  SHA1: ['f7c3bc1d808e04732adf679965ccc34ca7ae3441', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  SHA256: [
    '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ],
  SHA512: [
    'd9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274ad27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85',
    'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
  ],
  MD5: ['25f9e794323b453885f5181f1b624d0b', 'd41d8cd98f00b204e9800998ecf8427e'],
  XXHASH64: ['8cb841db40e6ae83', 'ef46db3751d8e999'],
  XXHASH3: ['72dcb18b67a17dff', '2d06800538d394c2'],
  XXHASH128: ['33119477ede5dcd5e9716427681d5860', '99aa06d3014798d86001c324468d497f'],
}

const hexOf = (algorithm: ChecksumAlgorithm, pieces: readonly Buffer[]): string => {
  const hasher = checksums.create(algorithm)
  for (const piece of pieces) hasher.update(piece)
  return hasher.digest().toString('hex')
}

describe.each(['CRC32', 'CRC32C'] as const)('%s without the processor’s instructions', (algorithm) => {
  test('is the same, for every length and alignment', async () => {
    const plain = await loadChecksums(null)
    const random = randomNumbers(11)
    const bytes = Buffer.from(Array.from({ length: 2_000 }, () => random(256)))
    for (let length = 0; length < 1_000; length++) {
      const slice = bytes.subarray(random(17)).subarray(0, length)
      const hasher = plain.create(algorithm)
      hasher.update(slice)
      expect(hasher.digest().toString('hex')).toBe(hexOf(algorithm, [slice]))
    }
  })
})

describe.each(CHECKSUM_ALGORITHMS)('%s', (algorithm) => {
  const [check, empty] = KNOWN[algorithm]

  test('of known bytes', () => {
    expect(hexOf(algorithm, [Buffer.from('123456789')])).toBe(check)
    expect(hexOf(algorithm, [Buffer.from('1234'), Buffer.alloc(0), Buffer.from('56789')])).toBe(check)
    expect(check.length).toBe(CHECKSUM_LENGTH[algorithm] * 2)
  })

  test('of nothing', () => {
    expect(hexOf(algorithm, [])).toBe(empty)
  })

  test('of nothing is what a presigner put there before there was a body', () => {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`
    const headers = new Map([[name, Buffer.from(empty, 'hex').toString('base64')]])
    expect(declaredChecksum(headers, { kind: 'unsigned' }, new Set([name]))).toEqual({ kind: 'none' })
    expect(declaredChecksum(headers, { kind: 'unsigned' }, new Set())).toEqual({
      kind: 'header',
      algorithm,
      value: Buffer.from(empty, 'hex'),
    })
  })

  test('does not depend on where the bytes are split', () => {
    const random = randomNumbers(algorithm.length)
    const bytes = Buffer.from(Array.from({ length: 50_000 }, () => random(256)))
    const whole = hexOf(algorithm, [bytes])
    for (let round = 0; round < 5; round++) {
      const pieces: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.length, at + 1 + random(20_000))
        pieces.push(bytes.subarray(at, end))
        at = end
      }
      expect(hexOf(algorithm, pieces)).toBe(whole)
    }
  })

  test('runs for many bodies at once', () => {
    const random = randomNumbers(7)
    const texts = Array.from({ length: 20 }, (_, i) => `body ${i} `.repeat(1 + i * 40))
    const hashers = texts.map(() => checksums.create(algorithm))
    const left = texts.map((text) => Buffer.from(text))
    // One is begun and dropped: nothing of it may leak into the others.
    checksums.create(algorithm).update(Buffer.from('abandoned'))
    while (left.some((bytes) => bytes.length > 0)) {
      const i = random(texts.length)
      const size = random(200)
      hashers[i]!.update(left[i]!.subarray(0, size))
      left[i] = left[i]!.subarray(size)
    }
    expect(hashers.map((hasher) => hasher.digest().toString('hex'))).toEqual(
      texts.map((text) => hexOf(algorithm, [Buffer.from(text)])),
    )
  })
})
