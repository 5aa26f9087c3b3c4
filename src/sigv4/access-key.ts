/**
 * Access keys as clients write them: `KEY`, or `KEY@projectId` to say in which project the key is to act.
 *
 * An access key is 3 to 128 of `A-Za-z0-9._-`; a project id is a lower-case UUID. Neither holds `/`, `@` or `%`,
 * so that no two spellings mean the same key.
 */

import { isLowerHex } from './hex.ts'

export interface AccessKeyReference {
  readonly accessKey: string
  /** The project named behind `@`; null: the key's preferred one. */
  readonly projectId: string | null
}

const SHORTEST = 3
const LONGEST = 128
const UUID_LENGTH = 36

/**
 * Parses `KEY` or `KEY@projectId`. No decoding is done: see {@link decodeAt}.
 *
 * @returns undefined for anything else: the caller answers with the malformed-credential error of its place
 */
export function parseAccessKey(text: string): AccessKeyReference | undefined {
  const at = text.indexOf('@')
  const accessKey = at === -1 ? text : text.slice(0, at)
  if (!isAccessKey(accessKey)) return undefined
  if (at === -1) return { accessKey, projectId: null }
  const projectId = text.slice(at + 1)
  return isUuid(projectId) ? { accessKey, projectId } : undefined
}

/**
 * Undoes the percent-encoding of `@`, once, for the places where nothing else is percent-decoded (headers and form
 * fields). A query string has been decoded before; there `%40` that is left over was encoded twice, and is refused.
 */
export function decodeAt(text: string): string {
  return text.includes('%40') ? text.replaceAll('%40', '@') : text
}

function isAccessKey(text: string): boolean {
  if (text.length < SHORTEST || text.length > LONGEST) return false
  for (let i = 0; i < text.length; i++) {
    if (!isAccessKeyCharacter(text.charCodeAt(i))) return false
  }
  return true
}

function isAccessKeyCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2e ||
    code === 0x5f ||
    code === 0x2d
  )
}

function isUuid(text: string): boolean {
  if (text.length !== UUID_LENGTH) return false
  for (let i = 0; i < UUID_LENGTH; i++) {
    const code = text.charCodeAt(i)
    const dash = i === 8 || i === 13 || i === 18 || i === 23
    if (dash ? code !== 0x2d : !isLowerHex(code)) return false
  }
  return true
}
