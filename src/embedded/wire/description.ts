/**
 * What a client says about an object beside its bytes: system headers, user metadata, tags. Kept as it was said.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
import { S3Error } from '../../s3/error.ts'
import type { HeaderList, Headers } from '../../s3/headers.ts'
import type { ObjectDescription } from '../records.ts'
import { parseTaggingHeader } from './tags.ts'

const SYSTEM_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
] as const

const METADATA_PREFIX = 'x-amz-meta-'
const MAX_METADATA = 2048
const DEFAULT_TYPE = 'binary/octet-stream'

/** @throws S3Error `MetadataTooLarge`, `InvalidTag`, `InvalidArgument` */
export function describe(headers: Headers): ObjectDescription {
  return { headers: describedHeaders(headers), tags: parseTaggingHeader(headers.get('x-amz-tagging') ?? '') }
}

/** The headers of a new object. @throws S3Error `MetadataTooLarge` */
export function describedHeaders(headers: Headers): HeaderList {
  const list: [string, string][] = []
  for (const name of SYSTEM_HEADERS) {
    const value = headers.get(name)
    if (value !== undefined && value !== '') list.push([name, value])
    else if (name === 'content-type') list.push([name, DEFAULT_TYPE])
  }
  let size = 0
  for (const [name, value] of headers) {
    if (!name.startsWith(METADATA_PREFIX)) continue
    size += name.length - METADATA_PREFIX.length + value.length
    list.push([name, value])
  }
  if (size > MAX_METADATA) {
    throw new S3Error('MetadataTooLarge', {
      elements: [
        ['Size', String(size)],
        ['MaxSizeAllowed', String(MAX_METADATA)],
      ],
    })
  }
  return list
}
