/**
 * Request headers as the gate holds them: parsed once from Node's raw list into lower-case names with one value each.
 * Values are latin1 strings, one character per byte on the wire (RFC 9110, section 5.5).
 */

/** Lower-case name → value, surrounding white space trimmed. Repeats were refused or joined with `,` at the edge. */
export type Headers = ReadonlyMap<string, string>

/** Name and value as they go on the wire, in order. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** What stands before the name of a header that holds a tenant's own text. */
export const METADATA = 'x-amz-meta-'

/**
 * Whether text that did not come as a header may become the name of one: `a-z0-9-.`, and in metadata `_`, which
 * elsewhere backends take for `-`. @param name lower-case
 */
export function isHeaderName(name: string): boolean {
  const tenants = name.startsWith(METADATA)
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    const known =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x30 && code <= 0x39) ||
      code === 0x2d ||
      code === 0x2e ||
      (tenants && code === 0x5f)
    if (!known) return false
  }
  return name !== ''
}

/** Whether text may become the value of a header: no control character but the tab (RFC 9110, section 5.5). */
export function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return false
  }
  return true
}

/** Text as the value of a header: one latin1 character a byte of its UTF-8, no white space around it. */
export function fieldValue(text: string): string {
  return trimBlanks(Buffer.from(text, 'utf8').toString('latin1'))
}

/** Without white space around it. Not `trim()`: that takes the byte 0xA0, which may be part of a UTF-8 character, for white space. */
export function trimBlanks(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
