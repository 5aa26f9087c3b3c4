/**
 * Reading XML bodies: strictly, and without changing what they say.
 *
 * fast-xml-parser alters text unless told otherwise (it trims, and makes numbers of `007`), knows but five entities,
 * and takes almost anything for well-formed. Here its validator runs first, text comes out raw and is decoded once,
 * and everything that two readers might read in two ways is refused. What was read is re-serialised, never passed on.
 *
 * https://www.w3.org/TR/xml/
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from './error.ts'

export interface XmlElement {
  readonly name: string
  /** Decoded, namespace declarations left out. */
  readonly attributes: readonly (readonly [name: string, value: string])[]
  readonly children: readonly XmlElement[]
  /** Decoded, exactly as written, comments left out; `''` where there are children. */
  readonly text: string
}

/** Deeper than any body of S3's. */
const MAX_DEPTH = 16

const COMMENT = '#comment'
const CDATA = '#cdata'
const TEXT = '#text'
const ATTRIBUTES = ':@'

const utf8 = new TextDecoder('utf-8', { fatal: true })

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: CDATA,
  commentPropName: COMMENT,
  maxNestedTags: MAX_DEPTH + 1,
})

/**
 * @param bytes a whole body; how long it may be is the caller's to bound
 * @returns the root element
 * @throws S3Error `MalformedXML` for what is not well-formed UTF-8 XML, and for document types, entities of its own,
 *   processing instructions, control characters, text beside elements, and nesting deeper than any S3 body's
 */
export function parseXml(bytes: Uint8Array): XmlElement {
  const text = decodeUtf8(bytes)
  if (/<!(?:doctype|entity)/i.test(text)) throw malformedXml('a document type or entity')
  if (hasForbiddenControl(text)) throw malformedXml('a control character')
  if (!text.trimEnd().endsWith('>')) throw malformedXml('text behind the root element')
  const verdict = XMLValidator.validate(text)
  if (verdict !== true) throw malformedXml(verdict.err.msg)
  const roots: XmlElement[] = []
  for (const node of nodesOf(parse(text))) {
    if (COMMENT in node) continue
    if ('?xml' in node) {
      refuseOtherEncoding(node)
    } else if (TEXT in node) {
      if (!isBlank(rawText(node))) throw malformedXml('text beside the root element')
    } else {
      roots.push(toElement(node, 1))
    }
  }
  const [root] = roots
  if (root === undefined || roots.length !== 1) throw malformedXml('not exactly one root element')
  return root
}

/** The body is refused; why is for the log. */
export function malformedXml(reason: string): S3Error {
  return new S3Error('MalformedXML', { reason })
}

/** Text as it has to be written between tags or in an attribute, so that every reader gets it back unchanged. */
export function escapeXml(text: string): string {
  let escaped = ''
  let done = 0
  for (let i = 0; i < text.length; i++) {
    const reference = referenceFor(text.charCodeAt(i))
    if (reference === undefined) continue
    escaped += text.slice(done, i) + reference
    done = i + 1
  }
  return done === 0 ? text : escaped + text.slice(done)
}

/** A parser's line-end handling would change a raw CR, and control characters are not allowed raw. */
function referenceFor(code: number): string | undefined {
  switch (code) {
    case 0x26:
      return '&amp;'
    case 0x3c:
      return '&lt;'
    case 0x3e:
      return '&gt;'
    case 0x22:
      return '&quot;'
    case 0x09:
    case 0x0a:
      return undefined
    default:
      return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code >= 0xfffe
        ? `&#${code};`
        : undefined
  }
}

type Node = Readonly<Record<string, unknown>>

function parse(text: string): unknown {
  try {
    return parser.parse(text)
  } catch (error) {
    throw malformedXml(error instanceof Error ? error.message : 'unreadable')
  }
}

function toElement(node: Node, depth: number): XmlElement {
  if (depth > MAX_DEPTH) throw malformedXml('nested too deeply')
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES)
  if (name === undefined || name.startsWith('?')) throw malformedXml('a processing instruction')
  if (name.includes(':')) throw malformedXml('a namespace prefix')
  const children: XmlElement[] = []
  let text = ''
  for (const child of nodesOf(node[name])) {
    if (COMMENT in child) continue
    if (TEXT in child) text += decodeReferences(rawText(child))
    else if (CDATA in child) text += cdata(child)
    else children.push(toElement(child, depth + 1))
  }
  if (children.length > 0 && !isBlank(text)) throw malformedXml('text beside elements')
  return { name, attributes: attributesOf(node), children, text: children.length > 0 ? '' : text }
}

function attributesOf(node: Node): readonly (readonly [string, string])[] {
  const attributes = node[ATTRIBUTES]
  if (typeof attributes !== 'object' || attributes === null) return []
  return Object.entries(attributes)
    .filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
    .map(([name, value]) => [name, decodeReferences(String(value))])
}

function nodesOf(value: unknown): readonly Node[] {
  if (!Array.isArray(value)) throw malformedXml('unreadable')
  return value as readonly Node[]
}

function rawText(node: Node): string {
  const text = node[TEXT]
  return typeof text === 'string' ? text : ''
}

function cdata(node: Node): string {
  return nodesOf(node[CDATA]).map(rawText).join('')
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** The five predefined entities and character references, in one pass: what comes out is not decoded again. */
function decodeReferences(raw: string): string {
  let ampersand = raw.indexOf('&')
  if (ampersand === -1) return raw
  let text = ''
  let done = 0
  for (; ampersand !== -1; ampersand = raw.indexOf('&', done)) {
    const end = raw.indexOf(';', ampersand)
    if (end === -1) throw malformedXml('an ampersand that begins nothing')
    const name = raw.slice(ampersand + 1, end)
    text += raw.slice(done, ampersand) + (ENTITIES.get(name) ?? character(name))
    done = end + 1
  }
  return text + raw.slice(done)
}

/**
 * `#107` or `#x6b`. Control characters but NUL are let through: they are how a key that has one is written, although
 * XML 1.0 has no such reference.
 */
function character(reference: string): string {
  const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(reference)
  if (digits === null) throw malformedXml('an unknown entity')
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16)
  const surrogate = code >= 0xd800 && code <= 0xdfff
  if (code === 0 || code > 0x10ffff || surrogate) throw malformedXml('a reference to no character')
  return String.fromCodePoint(code)
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw malformedXml('not UTF-8')
  }
}

function refuseOtherEncoding(declaration: Node): void {
  for (const [name, value] of attributesOf(declaration)) {
    if (name === 'encoding' && value.toLowerCase() !== 'utf-8')
      throw malformedXml('an encoding other than UTF-8')
  }
}

function hasForbiddenControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return true
    if (code >= 0xfffe) return true
  }
  return false
}

/** White space as XML has it. */
function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return false
  }
  return true
}
