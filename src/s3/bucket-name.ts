/**
 * Which names a bucket can have, strictly. A name outside these rules can mean something else to a backend:
 * `:bucket` and `tenant:bucket` reach another tenant's buckets in Ceph.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
import { S3Error } from './error.ts'

const RESERVED_PREFIXES = ['xn--', 'sthree-', 'amzn-s3-demo-'] as const
const RESERVED_SUFFIXES = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'] as const

const DOT = 0x2e
const HYPHEN = 0x2d

/** 3 to 63 of `a-z0-9.-` in labels that neither start nor end with `-`; no IPv4 address; none that AWS reserves. */
export function isBucketName(name: string): boolean {
  return isDnsName(name) && !isIpv4(name) && !isReserved(name)
}

/**
 * @param reserved names that mean something else at the backends (`minio`, `admin` …)
 * @throws S3Error `InvalidBucketName`
 */
export function refuseBucketName(name: string, reserved: ReadonlySet<string>): void {
  if (isBucketName(name) && !reserved.has(name)) return
  throw new S3Error('InvalidBucketName', { elements: [['BucketName', name]] })
}

function isDnsName(name: string): boolean {
  if (name.length < 3 || name.length > 63) return false
  let previous = DOT
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code === DOT) {
      if (previous === DOT || previous === HYPHEN) return false
    } else if (code === HYPHEN) {
      if (previous === DOT) return false
    } else if (!isLowerOrDigit(code)) {
      return false
    }
    previous = code
  }
  return isLowerOrDigit(previous)
}

function isLowerOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
}

function isIpv4(name: string): boolean {
  let dots = 0
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code === DOT) dots++
    else if (code < 0x30 || code > 0x39) return false
  }
  return dots === 3
}

function isReserved(name: string): boolean {
  for (const prefix of RESERVED_PREFIXES) if (name.startsWith(prefix)) return true
  for (const suffix of RESERVED_SUFFIXES) if (name.endsWith(suffix)) return true
  return false
}
