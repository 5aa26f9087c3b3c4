/** Pieces of XML that several answers share. */
import { encodePath } from '../../s3/uri.ts'
import { textElement } from '../../s3/xml-writer.ts'
import type { StoredChecksum } from '../records.ts'
import { checksumElement } from './checksums.ts'

/** Whom everything belongs to: the gate tells its clients who really owns a bucket. */
const OWNER_ID = 's3warden'

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

export function ownerElement(name: 'Owner' | 'Initiator'): string {
  return element(name, textElement('ID', OWNER_ID) + textElement('DisplayName', OWNER_ID))
}

export function etagElement(etag: string): string {
  return textElement('ETag', `"${etag}"`)
}

/** A time as S3 lists it: whole seconds, written with milliseconds. */
export function timeElement(name: string, time: number): string {
  return textElement(name, new Date(Math.floor(time / 1000) * 1000).toISOString())
}

/** Which checksum an object in a listing has. */
export function checksumKind(checksum: Pick<StoredChecksum, 'algorithm' | 'type'> | null): string {
  if (checksum === null) return ''
  return textElement('ChecksumAlgorithm', checksum.algorithm) + textElement('ChecksumType', checksum.type)
}

/** A checksum's value and type, as the answer to what made it has them. */
export function checksumValue(checksum: StoredChecksum | null): string {
  if (checksum === null) return ''
  return (
    textElement(checksumElement(checksum.algorithm), checksum.value) +
    textElement('ChecksumType', checksum.type)
  )
}

/** How keys are written in a listing: as they are, or percent-encoded where the client asked for that. */
export type KeyEncoding = (text: string) => string

export const PLAIN: KeyEncoding = (text) => text
export const URL_ENCODED: KeyEncoding = encodePath
