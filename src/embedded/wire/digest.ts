/** Digests of bytes that the store has already. */
import { createHash } from 'node:crypto'
import type { ChecksumAlgorithm, Checksums } from '../../sigv4/checksum.ts'
import type { Blobs } from '../blobs.ts'
import type { Segment } from '../records.ts'

export interface Digests {
  /** Lower-case hex. */
  readonly md5: string
  /** Base64; null where no algorithm was asked for. */
  readonly checksum: string | null
}

/** Reads `segments`, which the caller holds, from end to end. */
export async function digest(
  segments: readonly Segment[],
  algorithm: ChecksumAlgorithm | null,
  blobs: Pick<Blobs, 'read'>,
  checksums: Checksums,
): Promise<Digests> {
  const md5 = createHash('md5')
  const hasher = algorithm === null ? null : checksums.create(algorithm)
  for await (const piece of blobs.read(segments)) {
    md5.update(piece)
    hasher?.update(piece)
  }
  return { md5: md5.digest('hex'), checksum: hasher === null ? null : hasher.digest().toString('base64') }
}
