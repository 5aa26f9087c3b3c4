/**
 * The ten checksum algorithms of S3 as incremental, synchronous hashers.
 *
 * Hashes that OpenSSL has come from Node; CRC32 and CRC32C, which most uploads carry, from a library that uses the
 * processor's instructions for them; the others from hash-wasm, whose instances are made asynchronously:
 * {@link loadChecksums} does that once, at start.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import {
  createCRC32,
  createCRC64,
  createXXHash3,
  createXXHash64,
  createXXHash128,
  type IHasher,
} from 'hash-wasm'

export type ChecksumAlgorithm =
  | 'CRC32'
  | 'CRC32C'
  | 'CRC64NVME'
  | 'SHA1'
  | 'SHA256'
  | 'SHA512'
  | 'MD5'
  | 'XXHASH64'
  | 'XXHASH3'
  | 'XXHASH128'

/** Bytes of each checksum. */
export const CHECKSUM_LENGTH: Record<ChecksumAlgorithm, number> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
}

export const CHECKSUM_ALGORITHMS = Object.keys(CHECKSUM_LENGTH) as readonly ChecksumAlgorithm[]

/** One running checksum. */
export interface Hasher {
  update(bytes: Buffer): void
  /** The checksum in network byte order. Called once, last. */
  digest(): Buffer
}

/** Makes hashers. */
export interface Checksums {
  create(algorithm: ChecksumAlgorithm): Hasher
}

/** CRC-32C (Castagnoli), reflected. */
const CRC32C_POLYNOMIAL = 0x82f63b78
/** CRC-64/NVME, reflected. */
const CRC64NVME_POLYNOMIAL = '9a6c9329ac4bc9b5'

/** A CRC of more bytes behind those that `value` is the CRC of. */
type Crc = (bytes: Buffer, value: number) => number

/** Both CRCs by instructions of the processor. */
export interface ProcessorCrcs {
  readonly crc32: Crc
  readonly crc32c: Crc
}

/** Null: there is no build for this platform. */
async function processorCrcs(): Promise<ProcessorCrcs | null> {
  return import('@node-rs/crc32').catch(() => null)
}

/**
 * Loads what must be loaded; afterwards every hasher is made and run synchronously.
 *
 * @param crcs what the platform has, unless said otherwise; null: do without, which takes three to four times as long
 */
export async function loadChecksums(crcs?: ProcessorCrcs | null): Promise<Checksums> {
  const processor = crcs === undefined ? await processorCrcs() : crcs
  const [crc32c, crc64nvme, xxhash64, xxhash3, xxhash128] = await Promise.all([
    createCRC32(CRC32C_POLYNOMIAL),
    createCRC64(CRC64NVME_POLYNOMIAL),
    createXXHash64(),
    createXXHash3(),
    createXXHash128(),
  ])
  const factories: Record<ChecksumAlgorithm, () => Hasher> = {
    CRC32: hasherOf(processor?.crc32 ?? crc32),
    CRC32C: processor === null ? sharedEngine(crc32c) : hasherOf(processor.crc32c),
    CRC64NVME: sharedEngine(crc64nvme),
    SHA1: () => createHash('sha1'),
    SHA256: () => createHash('sha256'),
    SHA512: () => createHash('sha512'),
    MD5: () => createHash('md5'),
    XXHASH64: sharedEngine(xxhash64),
    XXHASH3: sharedEngine(xxhash3),
    XXHASH128: sharedEngine(xxhash128),
  }
  return { create: (algorithm) => factories[algorithm]() }
}

function hasherOf(crc: Crc): () => Hasher {
  return () => {
    let value = 0
    return {
      update: (bytes) => {
        value = crc(bytes, value)
      },
      digest: () => {
        const bytes = Buffer.allocUnsafe(4)
        bytes.writeUInt32BE(value)
        return bytes
      },
    }
  }
}

/**
 * Many hashers on one WebAssembly instance, which holds one state. The state stays loaded for the hasher that used it
 * last, and is exchanged (12 to 600 bytes) only when another one gets its turn.
 */
function sharedEngine(engine: IHasher): () => Hasher {
  let current: EngineHasher | undefined

  class EngineHasher implements Hasher {
    #saved: Uint8Array | undefined

    update(bytes: Buffer): void {
      this.#load()
      engine.update(bytes)
    }

    digest(): Buffer {
      this.#load()
      current = undefined
      return Buffer.from(engine.digest('binary'))
    }

    #load(): void {
      if (current === this) return
      if (current !== undefined) current.#saved = engine.save()
      if (this.#saved === undefined) engine.init()
      else engine.load(this.#saved)
      this.#saved = undefined
      current = this
    }
  }

  return () => new EngineHasher()
}
