/**
 * The answer to ListParts, of which the gate itself reads how long each part is.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
 */
import { childrenNamed, optionalText, parseRoot, requiredText } from './fields.ts'

export interface ListedParts {
  /** Number and bytes. */
  readonly parts: readonly (readonly [number: number, size: number])[]
  /** After which part the list goes on; null: it is at its end. */
  readonly next: number | null
}

/** @throws S3Error `MalformedXML` */
export function parseListedParts(bytes: Uint8Array): ListedParts {
  const list = parseRoot(bytes, 'ListPartsResult')
  return {
    parts: childrenNamed(list, 'Part').map((part) => [
      Number(requiredText(part, 'PartNumber')),
      Number(requiredText(part, 'Size')),
    ]),
    next:
      optionalText(list, 'IsTruncated') === 'true'
        ? Number(optionalText(list, 'NextPartNumberMarker'))
        : null,
  }
}
