/**
 * The body of CompleteMultipartUpload: the parts that make the object.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
import { S3Error } from '../error.ts'
import { malformedXml, type XmlElement } from '../xml.ts'
import { textElement, xmlDocument } from '../xml-writer.ts'
import { childrenNamed, onlyChildren, optionalText, parseRoot, requiredText } from './fields.ts'

export interface CompletedPart {
  /** 1 to 10000. */
  readonly partNumber: number
  readonly etag: string
  /** Element name (`ChecksumCRC32`) and base64 value, as sent. */
  readonly checksums: readonly (readonly [element: string, value: string])[]
}

const CHECKSUM_ELEMENTS = [
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumCRC64NVME',
  'ChecksumMD5',
  'ChecksumSHA1',
  'ChecksumSHA256',
  'ChecksumSHA512',
  'ChecksumXXHASH64',
  'ChecksumXXHASH3',
  'ChecksumXXHASH128',
] as const

const MAX_PART_NUMBER = 10_000

/** @throws S3Error `MalformedXML`; `InvalidPartOrder` unless part numbers ascend */
export function parseCompleteMultipartUpload(bytes: Uint8Array): readonly CompletedPart[] {
  const root = parseRoot(bytes, 'CompleteMultipartUpload')
  onlyChildren(root, ['Part'])
  const parts = childrenNamed(root, 'Part').map(parsePart)
  if (parts.length === 0) throw malformedXml('no parts')
  let previous = 0
  for (const part of parts) {
    if (part.partNumber <= previous) throw new S3Error('InvalidPartOrder')
    previous = part.partNumber
  }
  return parts
}

/** @param parts with the checksums that the backend takes */
export function formatCompleteMultipartUpload(parts: readonly CompletedPart[]): Buffer {
  const elements = parts.map(
    (part) =>
      `<Part><PartNumber>${part.partNumber}</PartNumber>` +
      textElement('ETag', part.etag) +
      part.checksums.map(([name, value]) => textElement(name, value)).join('') +
      '</Part>',
  )
  return Buffer.from(xmlDocument('CompleteMultipartUpload', elements.join('')))
}

function parsePart(part: XmlElement): CompletedPart {
  onlyChildren(part, ['PartNumber', 'ETag', ...CHECKSUM_ELEMENTS])
  const number = requiredText(part, 'PartNumber')
  const partNumber = /^[0-9]{1,5}$/.test(number) ? Number(number) : 0
  if (partNumber < 1 || partNumber > MAX_PART_NUMBER) throw malformedXml('a part number out of range')
  const checksums = CHECKSUM_ELEMENTS.flatMap((name): [string, string][] => {
    const value = optionalText(part, name)
    return value === null ? [] : [[name, value]]
  })
  return { partNumber, etag: requiredText(part, 'ETag'), checksums }
}
