/** The `Tagging` document. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tagging.html */
import { S3Error } from '../../s3/error.ts'
import { parseXml, type XmlElement } from '../../s3/xml.ts'
import { textElement, xmlDocument } from '../../s3/xml-writer.ts'
import type { Tags } from '../records.ts'
import { requireValidTags } from './tags.ts'
import { element } from './xml-parts.ts'

/** @throws S3Error `MalformedXML`, `InvalidTag`, `BadRequest` for more than `limit` */
export function parseTagging(body: Buffer, limit: number): Tags {
  const root = parseXml(body)
  const [set] = root.children
  if (root.name !== 'Tagging' || set?.name !== 'TagSet' || root.children.length !== 1) {
    throw new S3Error('MalformedXML')
  }
  const tags = set.children.map(parseTag)
  requireValidTags(tags, limit)
  return tags
}

function parseTag(tag: XmlElement): [string, string] {
  const keys = tag.children.filter(({ name }) => name === 'Key')
  const values = tag.children.filter(({ name }) => name === 'Value')
  const [key] = keys
  const [value] = values
  if (tag.name !== 'Tag' || tag.children.length !== 2 || key === undefined || value === undefined) {
    throw new S3Error('MalformedXML')
  }
  return [key.text, value.text]
}

export function taggingDocument(tags: Tags): string {
  const set = tags.map(([key, value]) =>
    element('Tag', textElement('Key', key) + textElement('Value', value)),
  )
  return xmlDocument('Tagging', element('TagSet', set.join('')))
}
