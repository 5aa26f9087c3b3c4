/**
 * Every byte of an envelope, changed in every way: the body is refused, or what comes out is the very same. Where a
 * change is accepted it is shown why it says the same thing.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { S3Error } from '../../src/s3/error.ts'
import type { BodyExpectation } from '../../src/sigv4/body-expectation.ts'
import { type Checksums, loadChecksums } from '../../src/sigv4/checksum.ts'
import { type Outcome, run, SEED, signedBody } from './bodies.ts'

let checksums: Checksums
beforeAll(async () => {
  checksums = await loadChecksums()
})

const DATA = Buffer.alloc(43, 'data ')
const EMPTY = Buffer.alloc(0)
const NAME = 'x-amz-checksum-crc32c'

interface Case {
  readonly name: string
  readonly wire: () => Buffer
  readonly expectation: BodyExpectation
}

const expectation = (changes: Partial<BodyExpectation>): BodyExpectation => ({
  envelope: { kind: 'unsigned-trailer' },
  wireLength: null,
  decodedLength: DATA.length,
  lengthIs: 'exactly',
  md5: null,
  checksum: { kind: 'none' },
  ...changes,
})

const value = (): string => {
  const hasher = checksums.create('CRC32C')
  hasher.update(DATA)
  return hasher.digest().toString('base64')
}

const CASES: readonly Case[] = [
  {
    name: 'signed chunks',
    wire: () => signedBody([DATA, EMPTY]),
    expectation: expectation({ envelope: { kind: 'signed-chunks', seed: SEED } }),
  },
  {
    name: 'signed chunks with trailer',
    wire: () => signedBody([DATA, EMPTY], [[NAME, value()]]),
    expectation: expectation({
      envelope: { kind: 'signed-chunks-trailer', seed: SEED },
      checksum: { kind: 'trailer', algorithm: 'CRC32C' },
    }),
  },
  {
    name: 'unsigned trailer',
    wire: () => Buffer.from(`2b\r\n${DATA}\r\n0\r\n${NAME}:${value()}\r\n\r\n`),
    expectation: expectation({ checksum: { kind: 'trailer', algorithm: 'CRC32C' } }),
  },
]

/** What came out, or undefined where it was refused. Anything but an S3Error is a crash, and fails the test. */
function outcomeOf(wire: Buffer, { expectation }: Case): Outcome | undefined {
  try {
    return run(expectation, [wire], checksums)
  } catch (error) {
    if (error instanceof S3Error) return undefined
    throw error
  }
}

/** The wire with what may be written in more than one way written in one: case and zeros of sizes, case of names. */
function meaningOf(wire: Buffer): string {
  return wire
    .toString('latin1')
    .replace(
      /(^|\r\n)0*([0-9a-fA-F]+)(?=[;\r])/g,
      (_, before: string, size: string) => before + size.toLowerCase(),
    )
    .replace(
      /(\r\n)([^:\r\n]+):[ \t]*([^\r\n]*?)[ \t]*\n?(?=\r\n)/g,
      (_, before: string, name: string, content: string) => `${before}${name.toLowerCase()}:${content}`,
    )
}

function expectHarmless(changed: Buffer, wire: Buffer, target: Case, what: string): void {
  const outcome = outcomeOf(changed, target)
  if (outcome === undefined) return
  expect(outcome.data.equals(DATA), what).toBe(true)
  expect(meaningOf(changed), what).toBe(meaningOf(wire))
}

/** Bytes that mean something in an envelope, and a few that might to a careless reader. */
const GRAMMAR = Buffer.from('\r\n \t\0\v01aA;:=\xa0\xff', 'latin1')

/** Each single bit, and each byte of the grammar. */
const replacements = (byte: number): readonly number[] =>
  [...GRAMMAR, ...Array.from({ length: 8 }, (_, bit) => byte ^ (1 << bit))].filter((value) => value !== byte)

describe.each(CASES)('$name', (target) => {
  test('is accepted as it is', () => {
    expect(outcomeOf(target.wire(), target)?.data.equals(DATA)).toBe(true)
  })

  test('every byte changed', () => {
    const wire = target.wire()
    for (let at = 0; at < wire.length; at++) {
      for (const value of replacements(wire[at]!)) {
        const changed = Buffer.from(wire)
        changed[at] = value
        expectHarmless(changed, wire, target, `byte ${at} = ${value}`)
      }
    }
  })

  test('every byte left out', () => {
    const wire = target.wire()
    for (let at = 0; at < wire.length; at++) {
      const changed = Buffer.concat([wire.subarray(0, at), wire.subarray(at + 1)])
      expectHarmless(changed, wire, target, `without byte ${at}`)
    }
  })

  test('a byte put in everywhere', () => {
    const wire = target.wire()
    for (let at = 0; at <= wire.length; at++) {
      for (const byte of GRAMMAR) {
        const changed = Buffer.concat([wire.subarray(0, at), Buffer.of(byte), wire.subarray(at)])
        expectHarmless(changed, wire, target, `${byte} before byte ${at}`)
      }
    }
  })

  test('two neighbours exchanged', () => {
    const wire = target.wire()
    for (let at = 1; at < wire.length; at++) {
      const changed = Buffer.from(wire)
      changed[at] = wire[at - 1]!
      changed[at - 1] = wire[at]!
      expectHarmless(changed, wire, target, `bytes ${at - 1} and ${at}`)
    }
  })
})
