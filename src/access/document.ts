/**
 * An access file as it was read: each entry by itself, with its place, so that one that is wrong does not hide what is
 * wrong with the others.
 *
 * YAML 1.2: https://yaml.org/spec/1.2.2/
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { didYouMean } from '../nearest.ts'
import { yamlFault } from '../yaml-fault.ts'
import type { AccessFault, FilePath } from './fault.ts'
import {
  accessFile,
  type Entry,
  ORGANIZATION,
  type OrganizationEntry,
  SECTION_NAMES,
  SECTIONS,
  type SectionName,
} from './schema.ts'

/** What stands at a place. */
export interface Declared<T> {
  readonly value: T
  readonly at: FilePath
}

export interface Section<T> {
  /** Whether the file has it at all: what it does not have it says nothing about. */
  readonly given: boolean
  readonly entries: readonly Declared<T>[]
  /** Names of entries that are wrong: known, so that references to them are no further faults. */
  readonly broken: ReadonlySet<string>
}

export type Sections = { readonly [Name in SectionName]: Section<Entry<Name>> }

export interface AccessDocument extends Sections {
  /** As it was named. */
  readonly file: string
  /** Undefined where it is wrong. */
  readonly organization: Declared<OrganizationEntry> | undefined
  readonly faults: readonly AccessFault[]
  /** Of the deepest part of the path that the file has. */
  lineOf(path: FilePath): number
}

/** Never throws: what is wrong is among the document's faults. */
export function readDocument(file: string, text: string): AccessDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false })
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line)
  const lineOf = (path: FilePath): number => lineAt(offsetOf(document, path))
  const faults: AccessFault[] = document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    path: [],
    message: `no YAML: ${yamlFault(error)}`,
  }))
  const root: unknown = faults.length > 0 ? null : plain(document, faults)
  const check = <T>(schema: z.ZodType<T>, value: unknown, at: FilePath): T | undefined => {
    const parsed = schema.safeParse(value, { error: describeIssue })
    if (parsed.success) return parsed.data
    for (const { path, message } of parsed.error.issues.flatMap(located)) {
      const place = [...at, ...path]
      faults.push({ line: lineOf(place), path: place, message })
    }
    return undefined
  }

  const whole = typeof root === 'object' && root !== null && !Array.isArray(root)
  const values: Readonly<Record<string, unknown>> = whole ? { ...root } : {}
  if (whole) {
    const { organization, ...lists } = values
    const frame = Object.fromEntries(
      Object.keys(lists).map((name) => [name, isSectionName(name) ? [] : lists[name]]),
    )
    check(accessFile.omit({ organization: true }), frame, [])
  } else if (faults.length === 0) {
    faults.push({ line: 1, path: [], message: 'expected a map with `version`, `organization` and lists' })
  }

  const section = <Name extends SectionName>(name: Name): Section<Entry<Name>> => {
    const given = values[name]
    if (given === undefined || given === null) return { given: false, entries: [], broken: new Set() }
    if (!Array.isArray(given)) {
      faults.push({ line: lineOf([name]), path: [name], message: 'expected a list' })
      return { given: false, entries: [], broken: new Set() }
    }
    const entries: Declared<Entry<Name>>[] = []
    const broken = new Set<string>()
    for (const [index, item] of given.entries()) {
      const at = [name, index]
      const value = check(SECTIONS[name] as unknown as z.ZodType<Entry<Name>>, item, at)
      if (value !== undefined) entries.push({ value, at })
      else for (const text of namesIn(item)) broken.add(text)
    }
    return { given: true, entries, broken }
  }
  const organization = whole ? check(ORGANIZATION, values.organization, ['organization']) : undefined
  return {
    file,
    organization: organization === undefined ? undefined : { value: organization, at: ['organization'] },
    ...(Object.fromEntries(SECTION_NAMES.map((name) => [name, section(name)])) as unknown as Sections),
    faults,
    lineOf,
  }
}

const isSectionName = (name: string): name is SectionName => Object.hasOwn(SECTIONS, name)

/** An alias may stand for much: https://en.wikipedia.org/wiki/Billion_laughs_attack */
function plain(document: Document, faults: AccessFault[]): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    faults.push({ line: 1, path: [], message: 'its aliases cannot be followed' })
    return null
  }
}

/** Everything by which others may refer to an entry. */
function namesIn(item: unknown): readonly string[] {
  if (typeof item !== 'object' || item === null) return []
  const { name, email, username, access_key } = item as Readonly<Record<string, unknown>>
  return [name, email, username, access_key].filter((value) => typeof value === 'string')
}

function offsetOf(document: Document, path: FilePath): number {
  let node: unknown = document.contents
  let offset = (document.contents as Node | null)?.range?.[0] ?? 0
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part)
      if (pair === undefined) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined
      if (item === undefined) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}

/** An unknown key is a fault at its own place. */
function located(issue: z.core.$ZodIssue): readonly { readonly path: FilePath; readonly message: string }[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: `there is no such key here${didYouMean(key, KNOWN_KEYS)}`,
  }))
}

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(accessFile.shape),
  ...[ORGANIZATION, ...Object.values(SECTIONS)].flatMap((schema) => Object.keys(schema.shape)),
  ...Object.keys(SECTIONS.policies.shape.rules.unwrap().element.shape),
  ...Object.keys(SECTIONS.keys.shape.restrictions.unwrap().shape),
])

const KINDS: Readonly<Record<string, string>> = {
  string: 'text (in quotes, where it looks like something else)',
  array: 'a list',
  object: 'a map',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
}

/** Undefined: the schema's own message, or Zod's. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing'
      return `expected ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value': {
      const { values, input } = issue
      const given = typeof input === 'string' ? didYouMean(input, values.map(String)) : ''
      if (input === undefined) return 'is missing'
      return `expected ${values.length === 1 ? '' : 'one of '}${values.join(', ')}${given}`
    }
    case 'too_small':
      return issue.origin === 'array' ? 'must not be empty' : `must be at least ${String(issue.minimum)}`
    default:
      return undefined
  }
}
