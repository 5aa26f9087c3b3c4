/**
 * Tags of objects and buckets, in the two forms that S3 has: an XML body, and the header `x-amz-tagging`.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
import { S3Error } from '../error.ts'
import { encode } from '../uri.ts'
import type { XmlElement } from '../xml.ts'
import { textElement, xmlDocument } from '../xml-writer.ts'
import { childrenNamed, onlyChildren, parseRoot, requiredChild, requiredText } from './fields.ts'

export interface Tag {
  readonly key: string
  readonly value: string
}

/** How many tags there may be. */
const MAX_TAGS = { object: 10, bucket: 50 } as const

const MAX_KEY_LENGTH = 128
const MAX_VALUE_LENGTH = 256

/** @throws S3Error `MalformedXML`; `InvalidTag` for too many, too long, or repeated ones and for those of AWS's own */
export function parseTagging(bytes: Uint8Array, of: keyof typeof MAX_TAGS): readonly Tag[] {
  const root = parseRoot(bytes, 'Tagging')
  onlyChildren(root, ['TagSet'])
  return parseTagSet(requiredChild(root, 'TagSet'), of)
}

/** The `<Tag>` elements of a set. */
export function parseTagSet(set: XmlElement, of: keyof typeof MAX_TAGS): readonly Tag[] {
  onlyChildren(set, ['Tag'])
  const tags = childrenNamed(set, 'Tag').map(parseTag)
  if (tags.length > MAX_TAGS[of]) {
    throw invalidTag(`${of === 'object' ? 'Object' : 'Bucket'} tags cannot be greater than ${MAX_TAGS[of]}`)
  }
  if (new Set(tags.map((tag) => tag.key)).size !== tags.length) {
    throw invalidTag('Cannot provide multiple Tags with the same key')
  }
  return tags
}

export function formatTagging(tags: readonly Tag[]): Buffer {
  return Buffer.from(xmlDocument('Tagging', `<TagSet>${tags.map(formatTag).join('')}</TagSet>`))
}

/** Tags as the value of `x-amz-tagging`. */
export function formatTaggingHeader(tags: readonly Tag[]): string {
  return tags.map(({ key, value }) => `${encode(key)}=${encode(value)}`).join('&')
}

export function formatTag({ key, value }: Tag): string {
  return `<Tag>${textElement('Key', key)}${textElement('Value', value)}</Tag>`
}

function parseTag(element: XmlElement): Tag {
  onlyChildren(element, ['Key', 'Value'])
  const key = requiredText(element, 'Key')
  const value = requiredText(element, 'Value')
  if (key === '' || key.length > MAX_KEY_LENGTH) throw invalidTag('The TagKey you have provided is invalid')
  if (value.length > MAX_VALUE_LENGTH) throw invalidTag('The TagValue you have provided is invalid')
  if (key.startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester')
  return { key, value }
}

function invalidTag(message: string): S3Error {
  return new S3Error('InvalidTag', { message })
}
