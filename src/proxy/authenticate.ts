/**
 * Who is asking: the mechanism is read, the key looked up, the signature verified, and only then is anything said of
 * the key, its bearer or the project.
 */
import type { Project } from '../iam/model.ts'
import type { IamReader, ResolvedKey } from '../iam/reader.ts'
import { permissionDenied, S3Error } from '../s3/error.ts'
import type { FileLength } from '../s3/form-data.ts'
import type { Headers } from '../s3/headers.ts'
import type { Names } from '../s3/names.ts'
import { parseTarget, type Target } from '../s3/target.ts'
import type { QueryParameters } from '../s3/uri.ts'
import type { AccessKeyReference } from '../sigv4/access-key.ts'
import type { ClaimRules } from '../sigv4/claim.ts'
import { readClaim } from '../sigv4/claims/read.ts'
import type { PayloadMode } from '../sigv4/payload.ts'
import type { SigningKeys } from '../sigv4/sign.ts'
import type { VerifiedSignature } from '../sigv4/verify.ts'
import type { BodyDecoder } from './backend/index.ts'
import type { ReceivedRequest } from './edge.ts'
import type { FailureThrottle } from './throttle.ts'

/** A request whose sender holds the secret of a key that is in force, in a project that the key may name. */
export interface AuthenticatedRequest {
  readonly received: ReceivedRequest
  readonly target: Target
  /** The Host that the client signed; where none is signed, the one that it sent. */
  readonly signedHost: string
  /** Decoded, authentication parameters included. */
  readonly query: QueryParameters
  /** Whether `x-amz-*` parameters are headers that a presigner moved: only where the signature covers the query. */
  readonly hoists: boolean
  readonly key: ResolvedKey
  /** The one the key named with `@`, else its preferred one. */
  readonly project: Project
  readonly payload: PayloadMode
  /** What the chunks of a signed body are chained to; null with SigV2 and forms. */
  readonly seed: VerifiedSignature | null
  /** Null: not a form. */
  readonly form: FormUpload | null
}

/** What a browser's form says of the upload that it is. */
export interface FormUpload {
  readonly key: string
  /** What its fields stand for, as headers of PutObject. */
  readonly headers: Headers
  readonly length: FileLength
  /** Takes the file out of the form. @param exactly the one length that it may have; null: any */
  readonly decoder: (file: BodyDecoder, exactly: number | null) => BodyDecoder
  readonly success:
    | { readonly kind: 'redirect'; readonly url: string }
    | { readonly kind: 'status'; readonly status: 200 | 201 | 204 }
}

export interface AuthenticateDeps {
  readonly reader: IamReader
  readonly names: Names
  readonly signingKeys: SigningKeys
  readonly throttle: FailureThrottle
  readonly authentication: () => ClaimRules
}

/** @throws S3Error in AWS's words for whatever is wrong with the request's authentication */
export function authenticate(received: ReceivedRequest, deps: AuthenticateDeps): AuthenticatedRequest {
  const { headers, journal } = received
  const parsed = parseTarget(received.rawTarget, headers.get('host') as string, deps.names)
  noteTarget(received, parsed.target)
  refuseToken(received, parsed.query)
  deps.reader.refresh()
  const claim = readClaim(received, parsed, deps.authentication(), (by) => {
    journal.auth = by
  })
  if (claim === undefined) throw new S3Error('AccessDenied', { reason: 'the request is anonymous' })
  const key = deps.reader.findKey(claim.reference.accessKey)
  const { reading, seed } = failuresCounted(received, deps, () => claim.verify(key?.secret, deps.signingKeys))
  const { target } = reading
  noteTarget(received, target)
  return {
    received,
    target,
    signedHost: reading.host,
    query: parsed.query,
    hoists: claim.hoists,
    payload: claim.payload,
    seed,
    form: null,
    ...inForce(received, key, claim.reference, deps.reader),
  }
}

/** Runs a verification; where it fails, the source address is charged, and told no more once it has failed too often. */
export function failuresCounted<T>(
  received: ReceivedRequest,
  deps: Pick<AuthenticateDeps, 'throttle'>,
  verify: () => T,
): T {
  try {
    return verify()
  } catch (error) {
    if (error instanceof S3Error && deps.throttle.failed(received.ip)) {
      throw new S3Error('SlowDown', { source: 'client', reason: `too many failed signatures: ${error.code}` })
    }
    throw error
  }
}

/**
 * Key and project of a verified claim.
 *
 * @throws S3Error `AccessDenied` for an expired key, a locked bearer, and a project that is unknown or foreign: the
 *   last two in the same words
 */
export function inForce(
  received: ReceivedRequest,
  key: ResolvedKey | undefined,
  claim: AccessKeyReference,
  reader: IamReader,
): Pick<AuthenticatedRequest, 'key' | 'project'> {
  // INVARIANT: a claim without a key does not verify.
  if (key === undefined)
    throw new S3Error('InternalError', { reason: 'a signature of an unknown key verified' })
  received.journal.access_key = key.record.access_key
  if (key.expiresAt !== null && received.time >= key.expiresAt) {
    throw new S3Error('AccessDenied', { message: 'The access key has expired.', reason: 'key expired' })
  }
  if (key.bearer.locked) throw permissionDenied('the bearer is locked')
  const projectId = claim.projectId ?? key.record.default_project_id
  if (projectId === null) throw permissionDenied('the preferred project is gone, and none is named')
  const project = reader.findProject(projectId)
  if (project === undefined || project.organization_id !== key.bearer.organization_id) {
    throw permissionDenied('the project is unknown, or of another organization')
  }
  received.journal.project_id = project.id
  return { key, project }
}

/** There are no sessions: a token is nobody's. */
function refuseToken(received: ReceivedRequest, query: QueryParameters): void {
  const token =
    received.headers.get('x-amz-security-token') ??
    query.find(([name]) => name.toLowerCase() === 'x-amz-security-token')?.[1]
  if (token !== undefined) throw new S3Error('InvalidToken')
}

/** Writes down what the request is about. */
export function noteTarget({ journal }: ReceivedRequest, target: Target): void {
  journal.bucket = target.kind === 'service' ? '' : target.bucket.slice(0, 255)
  journal.key = target.kind === 'object' ? target.key.slice(0, 1024) : ''
}
