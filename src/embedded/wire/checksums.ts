/**
 * Checksums of objects: which an upload asks for, and how those of parts become the object's.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
import { invalidArgument, S3Error } from '../../s3/error.ts'
import type { HeaderList, Headers } from '../../s3/headers.ts'
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, type Checksums } from '../../sigv4/checksum.ts'
import { checksumHeaderName } from '../../sigv4/checksum-headers.ts'
import type { ChecksumType, StoredChecksum, UploadChecksum } from '../records.ts'

/** Which types the checksum of a multipart object may have; the first is the default. */
const MULTIPART_TYPES: Record<ChecksumAlgorithm, readonly [ChecksumType, ...ChecksumType[]]> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
  SHA512: ['COMPOSITE'],
  MD5: ['COMPOSITE'],
  XXHASH64: ['COMPOSITE'],
  XXHASH3: ['COMPOSITE'],
  XXHASH128: ['COMPOSITE'],
}

/** The algorithm that `x-amz-checksum-algorithm` asks for, or null. @throws S3Error `InvalidRequest` */
export function askedAlgorithm(headers: Headers): ChecksumAlgorithm | null {
  const name = headers.get('x-amz-checksum-algorithm')
  return name === undefined ? null : checksumAlgorithm(name.toUpperCase())
}

/** @throws S3Error `InvalidRequest` where S3 has no such algorithm */
export function checksumAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name)
  if (algorithm !== undefined) return algorithm
  throw new S3Error('InvalidRequest', {
    message: `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(', ')}]`,
  })
}

/** What a multipart upload asks for its object. @throws S3Error `InvalidRequest` for a type its algorithm has not */
export function uploadChecksum(headers: Headers): UploadChecksum | null {
  const algorithm = askedAlgorithm(headers)
  const type = headers.get('x-amz-checksum-type')
  if (algorithm === null) {
    if (type === undefined) return null
    throw new S3Error('InvalidRequest', {
      message: 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    })
  }
  const types = MULTIPART_TYPES[algorithm]
  if (type === undefined) return { algorithm, type: types[0] }
  const found = types.find((known) => known === type.toUpperCase())
  if (found !== undefined) return { algorithm, type: found }
  if (type !== 'COMPOSITE' && type !== 'FULL_OBJECT') {
    throw invalidArgument('x-amz-checksum-type', type, 'Value for x-amz-checksum-type header is invalid.')
  }
  throw new S3Error('InvalidRequest', {
    message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  })
}

/** The checksum of the parts' checksums, as S3 writes it: with their number behind it. */
export function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly string[],
  checksums: Checksums,
): StoredChecksum {
  const hasher = checksums.create(algorithm)
  for (const part of parts) hasher.update(Buffer.from(part, 'base64'))
  return {
    algorithm,
    type: 'COMPOSITE',
    value: `${hasher.digest().toString('base64')}-${parts.length}`,
  }
}

/** `x-amz-checksum-crc32: …` and its type. */
export function checksumHeaders(checksum: StoredChecksum | null): HeaderList {
  if (checksum === null) return []
  return [
    [checksumHeaderName(checksumAlgorithm(checksum.algorithm)), checksum.value],
    ['x-amz-checksum-type', checksum.type],
  ]
}

/** The name of the XML element that holds it: `ChecksumCRC32`. */
export function checksumElement(algorithm: string): string {
  return `Checksum${algorithm}`
}
