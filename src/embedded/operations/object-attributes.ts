/** GetObjectAttributes. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
import { invalidArgument } from '../../s3/error.ts'
import { textElement, xmlDocument } from '../../s3/xml-writer.ts'
import { readableVersion } from '../readable-version.ts'
import type { ObjectPart, StoredChecksum, StoredContent, StoredObject } from '../records.ts'
import { xmlReply } from '../reply.ts'
import { checksumElement } from '../wire/checksums.ts'
import { integer, pageLimit } from '../wire/parameters.ts'
import { checksumValue, element } from '../wire/xml-parts.ts'
import { type Handler, type ObjectRequest, onObject, query } from './handler.ts'
import { versionHeaders } from './object-tagging.ts'

type Attribute = 'ETag' | 'Checksum' | 'ObjectParts' | 'StorageClass' | 'ObjectSize'

/** In the order in which they are written. */
const ATTRIBUTES: Record<Attribute, (object: StoredObject, request: ObjectRequest) => string> = {
  ETag: ({ content }) => textElement('ETag', content.etag),
  Checksum: ({ content }) => checksumAttribute(content.checksum),
  ObjectParts: ({ content }, request) => partsAttribute(content, request),
  StorageClass: () => textElement('StorageClass', 'STANDARD'),
  ObjectSize: ({ content }) => textElement('ObjectSize', String(content.size)),
}

const NAMES = Object.keys(ATTRIBUTES) as readonly Attribute[]

export const getObjectAttributes: Handler = onObject((request) => {
  const bucket = request.store.bucket(request.bucket)
  const object = readableVersion(request.store, bucket, request.key, query(request, 'versionId'))
  const asked = parseAttributes(request.headers.get('x-amz-object-attributes') ?? '')
  const content = NAMES.filter((name) => asked.has(name)).map((name) => ATTRIBUTES[name](object, request))
  return xmlReply(xmlDocument('GetObjectAttributesResponse', content.join('')), [
    ['last-modified', new Date(object.createdAt).toUTCString()],
    ...versionHeaders(bucket, object),
  ])
})

function parseAttributes(header: string): ReadonlySet<Attribute> {
  const asked = header.split(',').map((name) => name.trim())
  return new Set(
    asked.map((name) => {
      const known = NAMES.find((attribute) => attribute === name)
      if (known !== undefined) return known
      throw invalidArgument('x-amz-object-attributes', name, 'Invalid attribute name specified.')
    }),
  )
}

/** Here a composite checksum is written without the number of its parts. */
function checksumAttribute(checksum: StoredChecksum | null): string {
  if (checksum === null) return ''
  const [value = ''] = checksum.value.split('-')
  return element('Checksum', checksumValue({ ...checksum, value }))
}

/** The parts themselves are told where their checksums are known. */
function partsAttribute({ id, checksum }: StoredContent, { store, headers }: ObjectRequest): string {
  const count = store.contents.countParts(id)
  if (count === 0) return ''
  const total = textElement('PartsCount', String(count))
  if (checksum === null) return element('ObjectParts', total)
  const limit = pageLimit('x-amz-max-parts', headers.get('x-amz-max-parts') ?? null)
  const marker = headers.get('x-amz-part-number-marker')
  const after = marker === undefined ? 0 : integer('x-amz-part-number-marker', marker, 0, 2_147_483_647)
  const found = store.contents.parts(id, after, limit + 1)
  const page = found.slice(0, limit)
  return element(
    'ObjectParts',
    total +
      textElement('PartNumberMarker', String(after)) +
      textElement('NextPartNumberMarker', String(page.at(-1)?.number ?? 0)) +
      textElement('MaxParts', String(limit)) +
      textElement('IsTruncated', String(limit > 0 && found.length > limit)) +
      page.map((part) => partElement(part, checksum.algorithm)).join(''),
  )
}

function partElement({ number, size, checksumValue: value }: ObjectPart, algorithm: string): string {
  return element(
    'Part',
    textElement('PartNumber', String(number)) +
      textElement('Size', String(size)) +
      (value === null ? '' : textElement(checksumElement(algorithm), value)),
  )
}
