/**
 * Tags as a header carries them, and the rules that hold for all.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
import { S3Error } from '../../s3/error.ts'
import { parseQuery } from '../../s3/uri.ts'
import type { Tags } from '../records.ts'

export const MAX_OBJECT_TAGS = 10
export const MAX_BUCKET_TAGS = 50

const MAX_KEY = 128
const MAX_VALUE = 256
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Reads `x-amz-tagging: a=1&b=2`. @throws S3Error `InvalidArgument`, `InvalidTag` */
export function parseTaggingHeader(header: string): Tags {
  if (header === '') return []
  let tags: Tags
  try {
    tags = parseQuery(header)
  } catch (cause) {
    throw new S3Error('InvalidArgument', {
      message:
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      elements: [
        ['ArgumentName', 'x-amz-tagging'],
        ['ArgumentValue', header],
      ],
      cause,
    })
  }
  requireValidTags(tags, MAX_OBJECT_TAGS)
  return tags
}

/** @throws S3Error `InvalidTag` for a bad or repeated key or a bad value, `BadRequest` for too many */
export function requireValidTags(tags: Tags, limit: number): void {
  if (tags.length > limit) {
    throw new S3Error('BadRequest', { message: `Object tags cannot be greater than ${limit}` })
  }
  const keys = new Set<string>()
  for (const [key, value] of tags) {
    if (key === '' || key.length > MAX_KEY || !ALLOWED.test(key)) {
      throw invalidTag('The TagKey you have provided is invalid', key)
    }
    if (value.length > MAX_VALUE || !ALLOWED.test(value)) {
      throw invalidTag('The TagValue you have provided is invalid', key)
    }
    if (keys.has(key)) throw invalidTag('Cannot provide multiple Tags with the same key', key)
    keys.add(key)
  }
}

function invalidTag(message: string, key: string): S3Error {
  return new S3Error('InvalidTag', { message, elements: [['TagKey', key]] })
}
