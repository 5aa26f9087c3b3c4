/**
 * The `CompleteMultipartUpload` document.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompletedMultipartUpload.html
 */
import { S3Error } from '../../s3/error.ts'
import { parseXml, type XmlElement } from '../../s3/xml.ts'
import { CHECKSUM_ALGORITHMS } from '../../sigv4/checksum.ts'
import { checksumElement } from './checksums.ts'

export interface CompletedPart {
  readonly number: number
  /** Without quotes. */
  readonly etag: string
  /** By algorithm. */
  readonly checksums: ReadonlyMap<string, string>
}

const ALGORITHM_OF: ReadonlyMap<string, string> = new Map(
  CHECKSUM_ALGORITHMS.map((algorithm) => [checksumElement(algorithm), algorithm]),
)

/** @throws S3Error `MalformedXML`, `InvalidPartOrder` where the numbers do not ascend */
export function parseComplete(body: Buffer): readonly CompletedPart[] {
  const root = parseXml(body)
  if (root.name !== 'CompleteMultipartUpload' || root.children.length === 0) {
    throw new S3Error('MalformedXML')
  }
  const parts = root.children.map(parsePart)
  for (let i = 1; i < parts.length; i++) {
    const [before, after] = [parts[i - 1], parts[i]]
    if (before !== undefined && after !== undefined && after.number <= before.number) {
      throw new S3Error('InvalidPartOrder')
    }
  }
  return parts
}

function parsePart(element: XmlElement): CompletedPart {
  if (element.name !== 'Part') throw new S3Error('MalformedXML')
  let number: number | null = null
  let etag: string | null = null
  const checksums = new Map<string, string>()
  for (const { name, text } of element.children) {
    const algorithm = ALGORITHM_OF.get(name)
    if (name === 'PartNumber' && number === null) number = parseNumber(text)
    else if (name === 'ETag' && etag === null) etag = text.trim().replace(/^"(.*)"$/, '$1')
    else if (algorithm !== undefined && !checksums.has(algorithm)) checksums.set(algorithm, text.trim())
    else throw new S3Error('MalformedXML')
  }
  if (number === null || etag === null) throw new S3Error('MalformedXML')
  return { number, etag, checksums }
}

function parseNumber(text: string): number {
  const number = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : 0
  if (number < 1 || number > 10_000) throw new S3Error('MalformedXML')
  return number
}
