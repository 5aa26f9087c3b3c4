/**
 * Request headers as the gate holds them: parsed once from Node's raw list into lower-case names with one value each.
 * Values are latin1 strings, one character per byte on the wire (RFC 9110, section 5.5).
 */

/** Lower-case name → value, surrounding white space trimmed. Repeats were refused or joined with `,` at the edge. */
export type Headers = ReadonlyMap<string, string>

/** Name and value as they go on the wire, in order. */
export type HeaderList = readonly (readonly [name: string, value: string])[]
