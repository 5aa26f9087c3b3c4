/**
 * Closed schemas for bodies that the gate forwards without acting on them. What conforms is re-serialised; an element
 * that a schema does not have is refused, for a backend might know it.
 */
import { isBucketName } from '../bucket-name.ts'
import { invalidArgument, S3Error } from '../error.ts'
import { isOpened, type Openable, type Opened } from '../opened.ts'
import { malformedXml, type XmlElement } from '../xml.ts'

export type Schema =
  | Leaf
  /** In S3's model, but no permission covers it. */
  | { readonly kind: 'refused' }
  /** Only where the operator opened it. */
  | { readonly kind: 'opened'; readonly name: Openable; readonly schema: Schema }
  | {
      readonly kind: 'elements'
      readonly fields: ReadonlyMap<string, Field>
      readonly attributes: readonly string[]
    }

/** An element that holds text alone. */
type Leaf =
  | { readonly kind: 'text' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  /** Only the empty element. */
  | { readonly kind: 'empty' }
  /** The name of a bucket that the store will act on: to be authorized. */
  | { readonly kind: 'bucket-name' }
  /** As `bucket-name`, in an ARN. */
  | { readonly kind: 'bucket-arn' }
  /** `AES256`, or a KMS's where that is opened. */
  | { readonly kind: 'encryption' }

interface Field {
  readonly schema: Schema
  /** `must`: it has to be there, once. */
  readonly repeats: 'once' | 'must' | 'many'
}

export const text: Schema = { kind: 'text' }
export const boolean: Schema = { kind: 'boolean' }
export const integer: Schema = { kind: 'integer' }
export const empty: Schema = { kind: 'empty' }
export const bucketName: Schema = { kind: 'bucket-name' }
export const bucketArn: Schema = { kind: 'bucket-arn' }
export const encryption: Schema = { kind: 'encryption' }
export const refused: Schema = { kind: 'refused' }
export const enabledOrDisabled: Schema = oneOf('Enabled', 'Disabled')

export function oneOf(...values: readonly string[]): Schema {
  return { kind: 'one-of', values }
}

export function opened(name: Openable, schema: Schema): Schema {
  return { kind: 'opened', name, schema }
}

/**
 * Child elements; a name that ends in `*` may be repeated, one that ends in `!` must be there. Any other may be missing:
 * the store knows what it needs.
 */
export function elements(
  fields: Readonly<Record<string, Schema>>,
  attributes: readonly string[] = [],
): Schema {
  const byName = Object.entries(fields).map(([name, schema]): [string, Field] => {
    const repeats = name.endsWith('*') ? 'many' : name.endsWith('!') ? 'must' : 'once'
    return [name.replace(/[*!]$/, ''), { schema, repeats }]
  })
  return { kind: 'elements', fields: new Map(byName), attributes }
}

/** What a body was found to hold. */
export interface Conforming {
  readonly element: XmlElement
  /** Every bucket named in it, each to be authorized before the body is forwarded. */
  readonly buckets: readonly string[]
}

/**
 * @throws S3Error `MalformedXML` for what the schema does not have, `NotImplemented` for what is not opened,
 *   `InvalidArgument` for an ARN that names no bucket
 */
export function conform(root: XmlElement, schema: Schema, openedNames: Opened): Conforming {
  const buckets: string[] = []
  const element = visit(root, schema, openedNames, buckets)
  return { element, buckets }
}

function visit(element: XmlElement, schema: Schema, openedNames: Opened, buckets: string[]): XmlElement {
  switch (schema.kind) {
    case 'elements':
      return visitChildren(element, schema, openedNames, buckets)
    case 'opened':
      if (!isOpened(openedNames, schema.name))
        throw notImplemented(element.name, `${schema.name} is not opened`)
      return visit(element, schema.schema, openedNames, buckets)
    case 'refused':
      throw notImplemented(element.name, 'no permission covers it')
    default:
      if (element.children.length > 0) throw malformedXml(`elements in ${element.name}`)
      refuseAttributes(element, [])
      checkLeaf(element, schema, openedNames, buckets)
      return element
  }
}

function checkLeaf(
  { name, text: value }: XmlElement,
  schema: Leaf,
  openedNames: Opened,
  buckets: string[],
): void {
  switch (schema.kind) {
    case 'text':
      return
    case 'boolean':
      if (value !== 'true' && value !== 'false') throw malformedXml(`${name} is neither true nor false`)
      return
    case 'integer':
      if (!/^-?[0-9]{1,18}$/.test(value)) throw malformedXml(`${name} is not a number`)
      return
    case 'empty':
      if (value !== '') throw notImplemented(name, 'it must be empty')
      return
    case 'one-of':
      if (schema.kind === 'one-of' && !schema.values.includes(value))
        throw malformedXml(`${name} is ${value}`)
      return
    case 'bucket-name':
      buckets.push(namedBucket(name, value, value))
      return
    case 'bucket-arn':
      buckets.push(namedBucket(name, value, bucketOfArn(value)))
      return
    case 'encryption':
      if (value === 'AES256') return
      if (!value.startsWith('aws:')) throw malformedXml(`${name} is ${value}`)
      if (!isOpened(openedNames, 'KmsEncryption')) throw notImplemented(name, 'KmsEncryption is not opened')
  }
}

function visitChildren(
  element: XmlElement,
  schema: Extract<Schema, { kind: 'elements' }>,
  openedNames: Opened,
  buckets: string[],
): XmlElement {
  if (element.text.trim() !== '') throw malformedXml(`text in ${element.name}`)
  refuseAttributes(element, schema.attributes)
  const seen = new Set<string>()
  const children = element.children.map((child) => {
    const field = schema.fields.get(child.name)
    if (field === undefined) throw malformedXml(`${child.name} in ${element.name}`)
    if (field.repeats !== 'many' && seen.has(child.name)) throw malformedXml(`${child.name} is repeated`)
    seen.add(child.name)
    return visit(child, field.schema, openedNames, buckets)
  })
  for (const [name, { repeats }] of schema.fields) {
    if (repeats === 'must' && !seen.has(name)) throw malformedXml(`no ${name} in ${element.name}`)
  }
  return { name: element.name, attributes: element.attributes, children, text: '' }
}

function refuseAttributes(element: XmlElement, known: readonly string[]): void {
  for (const [name] of element.attributes) {
    if (!known.includes(name)) throw malformedXml(`the attribute ${name} of ${element.name}`)
  }
}

/** `arn:PARTITION:s3:::BUCKET`, and MinIO's `arn:minio:replication:REGION:ID:BUCKET`; `''` for anything else. */
function bucketOfArn(arn: string): string {
  const parts = arn.split(':')
  if (parts.length !== 6 || parts[0] !== 'arn') return ''
  const isS3 = parts[2] === 's3' && parts[3] === '' && parts[4] === ''
  const isMinio = parts[1] === 'minio' && parts[2] === 'replication'
  return isS3 || isMinio ? (parts[5] ?? '') : ''
}

function namedBucket(element: string, value: string, bucket: string): string {
  if (!isBucketName(bucket)) throw invalidArgument(element, value, `${element} does not name a bucket.`)
  return bucket
}

function notImplemented(element: string, reason: string): S3Error {
  return new S3Error('NotImplemented', {
    message: `The element ${element} implies functionality that is not implemented`,
    reason: `${element}: ${reason}`,
  })
}
