/**
 * Who is asking: the mechanism is read, the key looked up, the signature verified, and only then is anything said of
 * the key, its bearer or the project.
 */
import type { Project } from '../iam/model.ts'
import type { IamReader, ResolvedKey } from '../iam/reader.ts'
import { permissionDenied, S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'
import { parseTarget, type Target } from '../s3/target.ts'
import type { QueryParameters } from '../s3/uri.ts'
import type { VirtualHosts } from '../s3/virtual-host.ts'
import type { AccessKeyReference } from '../sigv4/access-key.ts'
import { parseAuthorizationHeader, type SigV4Authorization } from '../sigv4/authorization.ts'
import { checkScope, type ScopeRules } from '../sigv4/credential.ts'
import { mechanismOf } from '../sigv4/mechanism.ts'
import { type PayloadMode, parsePayloadMode, requirePayloadMode } from '../sigv4/payload.ts'
import { checkPresignedTime, parsePresigned, presignedPayloadHash } from '../sigv4/presigned.ts'
import { requestDate } from '../sigv4/request-date.ts'
import type { SigningKeys } from '../sigv4/sign.ts'
import { requireSigned } from '../sigv4/signed-headers.ts'
import {
  type SigV2Claim,
  sigV2HeaderClaim,
  sigV2PresignedClaim,
  sigV2SwitchedOff,
  verifySigV2,
} from '../sigv4/sigv2.ts'
import { checkHeaderTime, type VerifiedSignature, verifySignature } from '../sigv4/verify.ts'
import type { BodyDecoder } from './backend/index.ts'
import type { ReceivedRequest } from './edge.ts'
import type { FailureThrottle } from './throttle.ts'

/** A request whose sender holds the secret of a key that is in force, in a project that the key may name. */
export interface AuthenticatedRequest {
  readonly received: ReceivedRequest
  readonly target: Target
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
  /** Of the file, in bytes. */
  readonly length: number
  /** Takes the file out of the form. */
  readonly decoder: (file: BodyDecoder) => BodyDecoder
  readonly success:
    | { readonly kind: 'redirect'; readonly url: string }
    | { readonly kind: 'status'; readonly status: 200 | 201 | 204 }
}

export interface AuthenticateDeps {
  readonly reader: IamReader
  readonly virtualHosts: VirtualHosts
  readonly signingKeys: SigningKeys
  readonly throttle: FailureThrottle
  readonly authentication: () => AuthenticationSettings
}

export interface AuthenticationSettings {
  readonly scope: ScopeRules
  /** The longest life of a presigned URL, in seconds. */
  readonly maxExpiresSeconds: number
  readonly sigV2: 'accepted' | 'refused'
}

/** @throws S3Error in AWS's words for whatever is wrong with the request's authentication */
export function authenticate(received: ReceivedRequest, deps: AuthenticateDeps): AuthenticatedRequest {
  const { headers } = received
  const parsed = parseTarget(received.rawTarget, headers.get('host') as string, deps.virtualHosts)
  const { target, query } = parsed
  noteTarget(received, target)
  refuseToken(received, query)
  deps.reader.refresh()

  const mechanism = mechanismOf(headers, query)
  switch (mechanism.kind) {
    case 'none':
      throw new S3Error('AccessDenied', { reason: 'the request is anonymous' })
    case 'header': {
      const authorization = parseAuthorizationHeader(mechanism.value)
      if (authorization.kind === 'sigv2') {
        received.journal.auth = 'sigv2-header'
        return bySigV2(received, target, query, () => sigV2HeaderClaim(received, parsed, authorization), deps)
      }
      received.journal.auth = 'header'
      return byHeader(received, target, query, parsed.canonicalPath, authorization, deps)
    }
    case 'presigned':
      received.journal.auth = 'presigned'
      return byPresignedUrl(received, target, query, parsed.canonicalPath, deps)
    case 'presigned-sigv2':
      received.journal.auth = 'sigv2-presigned'
      return bySigV2(
        received,
        target,
        query,
        () => sigV2PresignedClaim(received, parsed, deps.authentication()),
        deps,
      )
  }
}

function byHeader(
  received: ReceivedRequest,
  target: Target,
  query: QueryParameters,
  canonicalPath: string,
  authorization: SigV4Authorization,
  deps: AuthenticateDeps,
): AuthenticatedRequest {
  const { headers } = received
  const { credential, signedHeaders } = authorization
  checkScope(credential, 'header', deps.authentication().scope)
  const date = requestDate(headers)
  checkHeaderTime(credential, date, received.time)
  const payloadHash = headers.get('x-amz-content-sha256')
  const payload = requirePayloadMode(payloadHash)
  requireSigned(headers, signedHeaders)
  const key = deps.reader.findKey(credential.accessKey)
  const seed = failuresCounted(received, deps, () =>
    verifySignature(
      {
        credential,
        date,
        signature: authorization.signature,
        request: {
          method: received.method,
          canonicalPath,
          query,
          headers,
          signedHeaders,
          payloadHash: payloadHash as string,
        },
      },
      key?.secret,
      deps.signingKeys,
    ),
  )
  return {
    received,
    target,
    query,
    hoists: true,
    payload,
    seed,
    form: null,
    ...inForce(received, key, credential, deps.reader),
  }
}

function byPresignedUrl(
  received: ReceivedRequest,
  target: Target,
  query: QueryParameters,
  canonicalPath: string,
  deps: AuthenticateDeps,
): AuthenticatedRequest {
  const { headers } = received
  const { scope, maxExpiresSeconds } = deps.authentication()
  const presigned = parsePresigned(query, { maxExpiresSeconds })
  const { credential, signedHeaders } = presigned
  checkScope(credential, 'query', scope)
  checkPresignedTime(presigned, received.time)
  const payloadHash = presignedPayloadHash(query, headers)
  const payload = parsePayloadMode(payloadHash)
  requireSigned(headers, signedHeaders)
  const key = deps.reader.findKey(credential.accessKey)
  const seed = failuresCounted(received, deps, () =>
    verifySignature(
      {
        credential,
        date: presigned.date,
        signature: presigned.signature,
        request: {
          method: received.method,
          canonicalPath,
          query: presigned.signedQuery,
          headers,
          signedHeaders,
          payloadHash,
        },
      },
      key?.secret,
      deps.signingKeys,
    ),
  )
  return {
    received,
    target,
    query,
    hoists: true,
    payload,
    seed,
    form: null,
    ...inForce(received, key, credential, deps.reader),
  }
}

function bySigV2(
  received: ReceivedRequest,
  target: Target,
  query: QueryParameters,
  readClaim: () => SigV2Claim,
  deps: AuthenticateDeps,
): AuthenticatedRequest {
  if (deps.authentication().sigV2 === 'refused') throw sigV2SwitchedOff()
  const claim = readClaim()
  const key = deps.reader.findKey(claim.accessKey)
  failuresCounted(received, deps, () => verifySigV2(claim, key?.secret))
  return {
    received,
    target,
    query,
    hoists: false,
    payload: { kind: 'unsigned' },
    seed: null,
    form: null,
    ...inForce(received, key, claim, deps.reader),
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
export function noteTarget(received: ReceivedRequest, target: Target): void {
  if (target.kind === 'service') return
  received.journal.bucket = target.bucket.slice(0, 255)
  if (target.kind === 'object') received.journal.key = target.key.slice(0, 1024)
}
