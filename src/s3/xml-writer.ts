/**
 * Writing XML: elements as strings, everything between tags escaped.
 */
import { escapeXml, type XmlElement } from './xml.ts'

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** S3's namespace, on the root element of everything but errors. */
export const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** A whole document: declaration, and a root in S3's namespace around `content`, which is markup already. */
export function xmlDocument(root: string, content: string): string {
  return `${XML_DECLARATION}<${root} xmlns="${S3_NAMESPACE}">${content}</${root}>`
}

/** An element that holds text. */
export function textElement(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`
}

/** An element that holds text, or nothing where there is none to hold. */
export function optionalElement(name: string, text: string | null): string {
  return text === null ? '' : textElement(name, text)
}

/** What was parsed, in its one form: no comments, no CDATA, no white space between elements. */
export function serializeElement(element: XmlElement): string {
  return `<${element.name}${attributes(element)}>${contentOf(element)}</${element.name}>`
}

/** A parsed body as a document, in S3's namespace whatever namespace it came in. */
export function serializeDocument(root: XmlElement): Buffer {
  return Buffer.from(xmlDocument(root.name, contentOf(root)))
}

function contentOf(element: XmlElement): string {
  return element.children.length > 0
    ? element.children.map(serializeElement).join('')
    : escapeXml(element.text)
}

/** `xsi:type` is the one prefixed attribute that S3 has; its namespace is declared where it stands. */
function attributes(element: XmlElement): string {
  return element.attributes
    .map(([name, value]) => {
      const declaration = name.startsWith('xsi:')
        ? ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        : ''
      return `${declaration} ${name}="${escapeXml(value)}"`
    })
    .join('')
}
