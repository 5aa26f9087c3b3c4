/**
 * What one row of the operation table says, and the few words in which rows are written.
 *
 * A row is data: which request is this operation, what does it need, and what does the gate do with it.
 * Methods, parameters and headers are those of the S3 model; `iam` names AWS's own actions
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
 */

export type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS'

/** What the request's path names. `GET /bucket/` is bucket level. */
export type Level = 'service' | 'bucket' | 'object'

/** What a parameter that makes the operation must hold: anything (normally nothing), something, or exactly this. */
export type Expected = 'any' | 'non-empty' | `=${string}`

export interface QueryRow {
  /** All of them must be there. They name the operation. */
  readonly required: Readonly<Record<string, Expected>>
  /** What else it takes. Any other parameter is refused. */
  readonly optional: readonly string[]
}

/** Lower-case names; in `known` a name that ends in `*` is a prefix. */
export interface HeaderRow {
  readonly required: readonly string[]
  readonly forbidden: readonly string[]
  /** The operation's own headers; every other `x-amz-*` is refused. */
  readonly known: readonly string[]
}

/**
 * `xml`, `json`: read whole, parsed, and re-serialised. `stream`: object data. `form`: multipart/form-data whose last
 * field is object data.
 */
export type BodyKind = 'none' | 'xml' | 'json' | 'stream' | 'form'

/**
 * How the operation is told from others. `alias`: an old name whose request is that of another operation. `host`: only
 * the host name tells, which an S3 endpoint does not have. Neither is ever matched.
 */
export type Matching = 'request' | 'alias' | 'host'

/** `admin` is every bucket configuration, reads included, and making and deleting buckets. */
export type Access = 'read' | 'write' | 'delete' | 'list' | 'admin'

/**
 * What the gate does with it once it is authorized.
 * - `forward`: sent to the backend
 * - `answer`: the gate answers, the backend is not asked
 * - `opened`: acts with the backend's own power or at its cost; forwarded only where the operator opened it for that
 *   backend, NotImplemented elsewhere
 * - `refuse`: never; NotImplemented
 */
export type Disposition = 'forward' | 'answer' | 'opened' | 'refuse'

/** What an action is needed on. `eachKey`: every key that a DeleteObjects body names. */
export type IamTarget = 'service' | 'bucket' | 'object' | 'copySource' | 'eachKey'

export interface IamRequirement {
  readonly action: string
  readonly resource: IamTarget
}

/** Facts of a request that change what it needs. */
export type When =
  /** The query has this parameter. */
  | { readonly kind: 'query'; readonly name: string }
  /** At least one of these headers is there. */
  | { readonly kind: 'anyHeader'; readonly names: readonly string[] }
  /**
   * `x-amz-acl` or any `x-amz-grant-*` is there, unless all there is is `x-amz-acl: private`, which is what an object
   * or bucket has anyway and which some clients send with every upload.
   */
  | { readonly kind: 'aclBeyondPrivate' }
  | { readonly kind: 'headerEquals'; readonly name: string; readonly value: string }
  /** The header is there and is not `*`: the answer tells whether the object has that entity tag. */
  | { readonly kind: 'headerIsEtag'; readonly name: string }
  /** The copy source names a version. */
  | { readonly kind: 'copySourceVersion' }
  /** The XML body has this element; for `objectVersionId` and `objectEtag`, of the key in question. */
  | { readonly kind: 'body'; readonly has: 'bucketTags' | 'objectVersionId' | 'objectEtag' | 'role' }

/** What follows where {@link When} holds: one more action, another one instead, or no permission that could do. */
export type IamConditional =
  | { readonly when: When; readonly effect: 'add'; readonly action: string; readonly resource: IamTarget }
  | {
      readonly when: When
      readonly effect: 'replace'
      readonly replaces: string
      readonly action: string
      readonly resource: IamTarget
    }
  | { readonly when: When; readonly effect: 'refuse' }

export interface IamRow {
  /** All of them. Empty only where the gate refuses everybody (CORS preflight). */
  readonly required: readonly IamRequirement[]
  readonly conditional: readonly IamConditional[]
}

export interface OperationRow {
  readonly method: Method
  readonly level: Level
  readonly matching: Matching
  readonly query: QueryRow
  readonly headers: HeaderRow
  readonly body: BodyKind
  /** Content-MD5 or an `x-amz-checksum-*` must come with the body. */
  readonly checksumRequired: boolean
  /** `x-amz-content-sha256: STREAMING-*` is accepted. */
  readonly streamingAllowed: boolean
  readonly successStatus: 200 | 204
  readonly access: Access
  readonly iam: IamRow
  readonly disposition: Disposition
}

export const NO_QUERY = { required: {}, optional: [] } as const satisfies QueryRow

/** `?name`, with whatever else the operation takes. */
export function subresource<const Name extends string>(
  name: Name,
  optional: readonly string[] = [],
): { readonly required: { readonly [K in Name]: 'any' }; readonly optional: readonly string[] } {
  return { required: { [name]: 'any' } as { readonly [K in Name]: 'any' }, optional }
}

/** `?name&id=…`: one of several named configurations of a kind. */
export function namedConfiguration<const Name extends string>(
  name: Name,
): { readonly required: { readonly [K in Name | 'id']: Expected }; readonly optional: readonly [] } {
  return { required: { [name]: 'any', id: 'non-empty' } as Record<Name | 'id', Expected>, optional: [] }
}

/** The headers of an operation that neither needs nor forbids any. */
export function knows<const Names extends readonly string[]>(...known: Names) {
  return { required: [], forbidden: [], known } as const
}

/** One action, always. */
export function needs<const Action extends string, const Target extends IamTarget>(
  action: Action,
  resource: Target,
) {
  return { required: [{ action, resource }], conditional: [] } as const
}

/** One action on the object, and another in its place where the request names a version. */
export function needsVersioned<const Action extends string, const VersionAction extends string>(
  action: Action,
  versionAction: VersionAction,
) {
  return {
    required: [{ action, resource: 'object' }],
    conditional: [onVersion(action, versionAction)],
  } as const
}

export function onVersion<const Action extends string, const VersionAction extends string>(
  action: Action,
  versionAction: VersionAction,
) {
  return {
    when: { kind: 'query', name: 'versionId' },
    effect: 'replace',
    replaces: action,
    action: versionAction,
    resource: 'object',
  } as const
}

/** `?versionId`, which most sub-resources of an object take. */
export const VERSION = ['versionId'] as const
