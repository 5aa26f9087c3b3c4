/**
 * What becomes of the headers and parameters that a request comes with: the one table that says it.
 *
 * - `meant`: the operation knows it, or every request may have it
 * - `unsupported`: it has a meaning that would be lost: NotImplemented, naming it
 * - `idle`: it means nothing for this operation. It was verified with the signature, and goes no further
 * - `dangerous`: some backend would read it as something else: refused, naming it
 *
 * Reads take what they do not know, as AWS does: what is never forwarded can do nothing. Writes refuse it: a client that
 * asks for more than storing an object must not be told that it has it. Whatever its fate, nothing but what is meant is
 * ever forwarded: headers and query are rebuilt.
 */
import { SIGV2_PARAMETERS } from './authentication-parameters.ts'
import { METADATA } from './headers.ts'
import { OPERATION_NAMES, OPERATIONS } from './operations/table.ts'

export type Fate = 'meant' | 'unsupported' | 'idle' | 'dangerous'

/** A kind of header or parameter, beyond those that the operation knows. */
export interface Kind {
  /** For the documents. */
  readonly what: string
  /** Lower-case; a name that ends in `*` is a prefix. */
  readonly names: readonly string[]
  readonly onReads: Exclude<Fate, 'meant'>
  readonly onWrites: Exclude<Fate, 'meant'>
  readonly why: string
}

/** The first kind that covers a name says what becomes of it. */
export const HEADER_KINDS: readonly Kind[] = [
  {
    what: 'archives that MinIO unpacks',
    names: ['x-amz-meta-snowball-auto-extract*', 'x-amz-meta-minio-snowball-*'],
    onReads: 'idle',
    onWrites: 'dangerous',
    why: 'the archive would be unpacked into other keys, which nobody authorized',
  },
  {
    what: 'one kind of store’s own',
    names: ['x-minio-*', 'x-rgw-*', 'rgwx-*'],
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'what the gate cannot authorize it does not pass on',
  },
  {
    what: 'conditions',
    names: ['if-*', 'x-amz-if-*', 'x-amz-copy-source-if-*'],
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'who makes a request conditional must not get it unconditionally',
  },
  {
    what: 'encryption keys of the client’s own',
    names: ['x-amz-server-side-encryption-customer-*', 'x-amz-copy-source-server-side-encryption-customer-*'],
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'who sends a key expects it to be needed',
  },
  {
    what: 'who the owner has to be',
    names: ['x-amz-expected-*', 'x-amz-source-expected-*'],
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'an expectation that nobody looks at is none',
  },
  {
    what: 'session tokens',
    names: ['x-amz-security-token'],
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'a credential is never overlooked: `400 InvalidToken`, since there are no sessions here',
  },
  {
    what: 'habits of SDKs',
    names: ['x-amz-api-version', 'x-amz-te'],
    onReads: 'idle',
    onWrites: 'idle',
    why: 'sent with every request, or for the answer’s form alone',
  },
  {
    what: 'any other of S3’s',
    names: ['x-amz-*'],
    onReads: 'idle',
    onWrites: 'unsupported',
    why: 'AWS reads past it; a write would store something else than was asked',
  },
  {
    what: 'anything else',
    names: ['*'],
    onReads: 'idle',
    onWrites: 'idle',
    why: 'of HTTP, of proxies, of the client itself: S3 gives it no meaning',
  },
]

/** What says more of a sub-resource, and is nothing without it. */
const QUALIFIERS: ReadonlySet<string> = new Set(['annotationName', 'id'])

/** Sub-resources, at whatever level. */
const CHOOSERS: readonly string[] = [
  ...new Set(OPERATION_NAMES.flatMap((name) => Object.keys(OPERATIONS[name].query.required))),
].filter((name) => !QUALIFIERS.has(name))

/** The first kind that covers a name says what becomes of it, in whatever case it was sent. */
export const PARAMETER_KINDS: readonly Kind[] = [
  {
    what: 'what makes another operation of a request',
    names: [...CHOOSERS, 'versionId'].map((name) => name.toLowerCase()),
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'nothing is taken for a plain operation because its sub-resource is not known here',
  },
  {
    what: 'what belongs to signatures',
    names: [...SIGV2_PARAMETERS].map((name) => name.toLowerCase()),
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'a credential is never overlooked',
  },
  {
    what: 'a habit of Bun’s',
    names: ['response-content-type'],
    onReads: 'unsupported',
    onWrites: 'idle',
    why: 'it presigns uploads with it, whose answer has no content',
  },
  {
    what: 'overrides of the answer’s headers',
    names: ['response-*'],
    onReads: 'unsupported',
    onWrites: 'unsupported',
    why: 'who asks for another answer must not get this one',
  },
  {
    what: 'what clients note for themselves',
    names: ['x-*'],
    onReads: 'idle',
    onWrites: 'idle',
    why: 'AWS documents that parameters that begin with x- are ignored (x-amz-… are headers that a presigner moved)',
  },
  {
    what: 'anything else',
    names: ['*'],
    onReads: 'idle',
    onWrites: 'unsupported',
    why: 'AWS reads past it; a write could be another operation',
  },
]

type FateOfUnknown = Exclude<Fate, 'meant'>

/** Whether a request can change anything. */
export type On = 'reads' | 'writes'

/** @param method of HTTP */
export function onMethod(method: string): On {
  return method === 'GET' || method === 'HEAD' ? 'reads' : 'writes'
}

/** The fate of a header that the operation does not know. @param name lower-case */
export function headerFate(name: string, on: On): FateOfUnknown {
  // Most headers are none of S3's affairs.
  if (!OF_INTEREST.has(name.charCodeAt(0)) && !name.includes('_')) return 'idle'
  return foldsIntoMeaning(name) ? 'dangerous' : fateIn(HEADERS, name, on)
}

/** The fate of a parameter that the operation does not take. @param name as sent, decoded */
export function parameterFate(name: string, on: On): FateOfUnknown {
  return fateIn(PARAMETERS, name.toLowerCase(), on)
}

/** Names and prefixes. */
interface Pattern {
  readonly exact: ReadonlySet<string>
  readonly prefixes: readonly string[]
}

function patternOf(names: readonly string[]): Pattern {
  return {
    exact: new Set(names.filter((name) => !name.endsWith('*'))),
    prefixes: names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
  }
}

function covers({ exact, prefixes }: Pattern, name: string): boolean {
  return exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix))
}

interface CompiledKind extends Pattern, Pick<Kind, 'onReads' | 'onWrites'> {}

const compiled = (kind: Kind): CompiledKind => ({ ...patternOf(kind.names), ...kind })
const HEADERS = HEADER_KINDS.map(compiled)
const PARAMETERS = PARAMETER_KINDS.map(compiled)

/** How names begin that any kind of header is about but the last, whose fate all others share. */
const OF_INTEREST: ReadonlySet<number> = new Set(
  HEADER_KINDS.slice(0, -1).flatMap(({ names }) => names.map((name) => name.charCodeAt(0))),
)

function fateIn(kinds: readonly CompiledKind[], name: string, on: On): FateOfUnknown {
  const kind = kinds.find((one) => covers(one, name))
  // The last kind covers every name.
  if (kind === undefined) return 'unsupported'
  return on === 'reads' ? kind.onReads : kind.onWrites
}

/** Headers that HTTP, or somebody on the way, gives a meaning. */
const OF_HTTP: readonly string[] = [
  'authorization',
  'connection',
  'content-*',
  'date',
  'expect',
  'host',
  'if-*',
  'keep-alive',
  'proxy-*',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-*',
]

/** Every header with a meaning to some operation or backend. */
const MEANINGFUL = patternOf([
  ...OF_HTTP,
  ...HEADER_KINDS.flatMap(({ names }) => names).filter((name) => name !== '*'),
  ...OPERATION_NAMES.flatMap((name) => [
    ...OPERATIONS[name].headers.required,
    ...OPERATIONS[name].headers.known,
  ]),
])

/**
 * Ceph RGW takes `_` in the names of headers for `-`: `x_amz_acl` is `x-amz-acl` there. True for a name that would mean
 * something then. What stands behind `x-amz-meta-` is the tenant's own text: folded it still is metadata, but for the
 * two names to which MinIO gives a meaning.
 */
export function foldsIntoMeaning(name: string): boolean {
  if (!name.includes('_')) return false
  const folded = name.replaceAll('_', '-')
  if (name.startsWith(METADATA)) return fateIn(HEADERS, folded, 'writes') === 'dangerous'
  return covers(MEANINGFUL, folded)
}
