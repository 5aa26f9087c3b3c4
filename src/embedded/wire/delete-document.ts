/** The `Delete` document. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Delete.html */
import { S3Error } from '../../s3/error.ts'
import { parseXml, type XmlElement } from '../../s3/xml.ts'

export interface DeleteEntry {
  readonly key: string
  /** Null: the current object. */
  readonly versionId: string | null
  /** `*` or an entity tag that the current object must have; null: any. */
  readonly etag: string | null
}

const MAX_KEYS = 1000

/** @throws S3Error `MalformedXML`, `NotImplemented` for conditions that only directory buckets have */
export function parseDelete(body: Buffer): { entries: readonly DeleteEntry[]; quiet: boolean } {
  const root = parseXml(body)
  if (root.name !== 'Delete') throw new S3Error('MalformedXML')
  const entries: DeleteEntry[] = []
  let quiet = false
  for (const child of root.children) {
    if (child.name === 'Object') entries.push(parseEntry(child))
    else if (child.name === 'Quiet') quiet = child.text.trim().toLowerCase() === 'true'
    else throw new S3Error('MalformedXML')
  }
  if (entries.length === 0 || entries.length > MAX_KEYS) throw new S3Error('MalformedXML')
  return { entries, quiet }
}

function parseEntry(object: XmlElement): DeleteEntry {
  const fields = new Map<string, string>()
  for (const { name, text } of object.children) {
    if (name === 'LastModifiedTime' || name === 'Size') {
      throw new S3Error('NotImplemented', { elements: [['Element', name]] })
    }
    if (fields.has(name) || (name !== 'Key' && name !== 'VersionId' && name !== 'ETag')) {
      throw new S3Error('MalformedXML')
    }
    fields.set(name, text)
  }
  const key = fields.get('Key')
  if (key === undefined || key === '') throw new S3Error('MalformedXML')
  return { key, versionId: fields.get('VersionId') ?? null, etag: fields.get('ETag') ?? null }
}
