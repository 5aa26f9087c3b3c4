/**
 * What the gate would make of a request that somebody has recorded: who signed it, for which of the gate's names, what
 * it asks for, what each header and parameter means to that, and why it is refused. Nothing is sent.
 */
import type { IamReader } from '../iam/reader.ts'
import { type AskedRequest, ask } from '../proxy/ask.ts'
import { type AuthenticatedRequest, authenticate } from '../proxy/authenticate.ts'
import { noteClaimedKey } from '../proxy/claimed.ts'
import { parseHeaders, type ReceivedRequest, refuseAmbiguous } from '../proxy/edge.ts'
import { isFormUpload } from '../proxy/post-form.ts'
import { S3Error } from '../s3/error.ts'
import { type Fate, onMethod, parameterFate } from '../s3/fates.ts'
import { isHoisted } from '../s3/hoist.ts'
import type { Names } from '../s3/names.ts'
import { fateOf } from '../s3/operation-headers.ts'
import { parseQuery } from '../s3/uri.ts'
import type { ClaimRules } from '../sigv4/claim.ts'
import { parseRequestDate } from '../sigv4/request-date.ts'
import { createSigningKeys } from '../sigv4/sign.ts'
import { type Verdict, verdictOn } from './explain.ts'
import type { RequestLines } from './request-file.ts'
import { standIn } from './stand-in.ts'

export interface RequestExplanation extends Verdict {
  /** How it is signed: `header`, `presigned` …; empty: it is not. */
  readonly auth: string
  /** The Host that was signed; null: no signature verified. */
  readonly signed_host: string | null
  /** When it was signed, as it says itself; null: it does not. */
  readonly signed_at: string | null
  readonly access_key: string
  readonly project_id: string
  readonly operation: string
  readonly bucket: string
  readonly key: string
  /** S3's headers and all parameters, each with what becomes of it. Empty where it did not come that far. */
  readonly fates: readonly InputFate[]
  /** What the gate had expected to be signed; null where the signature is not what is wrong. */
  readonly canonical_request: string | null
}

export interface InputFate {
  readonly kind: 'header' | 'parameter'
  readonly name: string
  readonly fate: Fate
}

export interface ExplainRequestDeps {
  readonly reader: IamReader
  readonly names: Names
  readonly rules: ClaimRules
  readonly reservedBuckets: ReadonlySet<string>
  /** The client's address. */
  readonly ip: string
  /** When the request arrives, in milliseconds since the epoch; null: when it was signed. */
  readonly time: number | null
  readonly now: () => number
}

export async function explainRequest(
  lines: RequestLines,
  deps: ExplainRequestDeps,
): Promise<RequestExplanation> {
  const signedAt = signingTime(lines)
  const received = standIn(
    {
      method: lines.method,
      rawTarget: lines.target,
      headers: new Map(),
      ip: deps.ip,
      time: deps.time ?? signedAt ?? deps.now(),
    },
    lines.rawHeaders,
  )
  let client: AuthenticatedRequest | undefined
  let asked: AskedRequest | undefined
  let canonical: string | null = null
  const verdict = await verdictOn(
    received,
    () => {
      try {
        client = clientOf(received, deps)
        asked = ask(client, { reservedBuckets: deps.reservedBuckets })
        return asked
      } catch (error) {
        canonical = canonicalOf(error)
        throw error
      }
    },
    null,
    deps.reader,
  )
  noteClaimedKey(received, deps.reader)
  const { auth, access_key, project_id, operation, bucket, key } = received.journal
  return {
    ...verdict,
    auth,
    signed_host: client?.signedHost ?? null,
    signed_at: signedAt === undefined ? null : new Date(signedAt).toISOString(),
    access_key,
    project_id,
    operation,
    bucket,
    key,
    fates: asked === undefined ? [] : fatesOf(asked),
    canonical_request: canonical,
  }
}

/** @throws S3Error as the gate would */
function clientOf(stand: ReceivedRequest, deps: ExplainRequestDeps): AuthenticatedRequest {
  const headers = parseHeaders(stand.incoming.rawHeaders)
  refuseAmbiguous(stand.incoming, headers)
  if (isFormUpload({ ...stand, headers })) {
    throw new S3Error('InvalidRequest', {
      reason: 'a form says in its body who it is from, and only headers are asked about',
    })
  }
  return authenticate(
    { ...stand, headers },
    {
      reader: deps.reader,
      names: deps.names,
      signingKeys: createSigningKeys({ max: 1 }),
      throttle: { failed: () => false },
      authentication: () => deps.rules,
    },
  )
}

function canonicalOf(error: unknown): string | null {
  if (!(error instanceof S3Error) || error.code !== 'SignatureDoesNotMatch') return null
  return error.elements.find(([name]) => name === 'CanonicalRequest')?.[1] ?? null
}

/** What the request says itself: in the query, in `x-amz-date`, or in `Date`. */
function signingTime({ target, rawHeaders }: RequestLines): number | undefined {
  const header = (wanted: string): string | undefined => {
    const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === wanted)
    return at === -1 ? undefined : rawHeaders[at + 1]
  }
  const given = /[?&]X-Amz-Date=([0-9TZ]+)/.exec(target)?.[1] ?? header('x-amz-date') ?? header('date')
  return given === undefined ? undefined : parseRequestDate(given)?.time
}

function fatesOf({ client, operation }: AskedRequest): readonly InputFate[] {
  const { headers, rawTarget, method } = client.received
  const mark = rawTarget.indexOf('?')
  const query = mark === -1 ? [] : parseQuery(rawTarget.slice(mark + 1))
  const parameter = (name: string): Fate => {
    if (operation.idle.includes(name)) return parameterFate(name, onMethod(method))
    return isHoisted(name) ? fateOf(operation, name.toLowerCase()) : 'meant'
  }
  return [
    ...[...headers.keys()].filter(isOfS3).map((name) => ({
      kind: 'header' as const,
      name,
      fate: fateOf(operation, name),
    })),
    ...query.map(([name]) => ({ kind: 'parameter' as const, name, fate: parameter(name) })),
  ]
}

function isOfS3(name: string): boolean {
  return name.startsWith('x-amz-') || name.startsWith('if-') || name.includes('_') || name === 'range'
}
