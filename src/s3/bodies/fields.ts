/**
 * Reading the elements of a parsed body by name. What is there twice but may be there once, what is unknown, and what
 * is missing are all refused: two readers might take different ones.
 */
import { malformedXml, parseXml, type XmlElement } from '../xml.ts'

/** Parses a body whose root element must be `root`. */
export function parseRoot(bytes: Uint8Array, root: string): XmlElement {
  const element = parseXml(bytes)
  if (element.name !== root) throw malformedXml(`the root element is ${element.name}, not ${root}`)
  return element
}

/** Refuses children that are not among `known`. */
export function onlyChildren(element: XmlElement, known: readonly string[]): void {
  for (const child of element.children) {
    if (!known.includes(child.name)) throw malformedXml(`${child.name} in ${element.name}`)
  }
}

export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** The one child of that name. */
export function optionalChild(element: XmlElement, name: string): XmlElement | undefined {
  const found = childrenNamed(element, name)
  if (found.length > 1) throw malformedXml(`${name} is repeated in ${element.name}`)
  return found[0]
}

export function requiredChild(element: XmlElement, name: string): XmlElement {
  const child = optionalChild(element, name)
  if (child === undefined) throw malformedXml(`${element.name} lacks ${name}`)
  return child
}

/** The text of the one child of that name; null where there is none. */
export function optionalText(element: XmlElement, name: string): string | null {
  const child = optionalChild(element, name)
  return child === undefined ? null : leafText(child)
}

export function requiredText(element: XmlElement, name: string): string {
  return leafText(requiredChild(element, name))
}

export function optionalBoolean(element: XmlElement, name: string): boolean {
  const text = optionalText(element, name)
  if (text === null) return false
  if (text === 'true' || text === 'false') return text === 'true'
  throw malformedXml(`${name} is neither true nor false`)
}

/** The text of an element that may hold no others. */
export function leafText(element: XmlElement): string {
  if (element.children.length > 0) throw malformedXml(`elements in ${element.name}`)
  return element.text
}
