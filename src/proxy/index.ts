/**
 * The gate's data plane as its composition root sees it: everything it needs comes in, a request listener comes out.
 */
import { parseSubnet, type Subnet } from '../iam/address.ts'
import type { BucketWriter, IamReader } from '../iam/reader.ts'
import { assertEveryOperationMapped } from '../iam/required-access.ts'
import { createVirtualHosts } from '../s3/virtual-host.ts'
import type { Checksums } from '../sigv4/checksum.ts'
import { scopeRules } from '../sigv4/credential.ts'
import { createSigningKeys } from '../sigv4/sign.ts'
import { CAPABILITIES } from './backend/capabilities.ts'
import type { Backends } from './backend/index.ts'
import { createRequestIds, type ReceivedRequest } from './edge.ts'
import { createLimits, type RateLimit } from './limits.ts'
import { createOwnership, type Ownership } from './ownership.ts'
import { createPipeline } from './pipeline.ts'
import type { RequestListener } from './server.ts'
import { createFailureThrottle } from './throttle.ts'

export type { ReceivedRequest } from './edge.ts'
export type { Journal } from './journal.ts'
export { type RequestListener, type S3Server, type ServerSettings, startServer } from './server.ts'

/** What the operator decides. Read for every request, so that a reload takes effect at once, where it says so. */
export interface ProxySettings {
  /** The gate's own first; `us-east-1` and `US` are accepted in scopes beside them. Reloads. */
  readonly regions: readonly [string, ...string[]]
  /** Domains under which buckets are hosts. At start. */
  readonly domains: readonly string[]
  /** Addresses or ranges of peers whose `X-Forwarded-For` counts. Reloads. */
  readonly trustedProxies: readonly string[]
  /** The longest life of a presigned URL, in seconds. Reloads. */
  readonly presignedMaxSeconds: number
  /** Reloads. */
  readonly sigV2: 'accepted' | 'refused'
  /** At start. */
  readonly perKey: RateLimit
  /** At start. */
  readonly perProject: RateLimit
  /** Failed signatures per minute and source address. At start. */
  readonly failedSignatures: number
  /** At start. */
  readonly failingSources: number
  /** How long a released bucket name stays out of other projects' reach, in milliseconds. Reloads. */
  readonly quarantineMs: number
  /** How long a request to a backend may at most be under way without an answer, in milliseconds. */
  readonly intentTimeoutMs: number
  /** Signing keys held in memory. At start. */
  readonly signingKeys: number
}

export interface ProxyDeps {
  readonly reader: IamReader
  readonly buckets: BucketWriter
  readonly backends: Backends
  readonly checksums: Checksums
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly settings: () => ProxySettings
  /** Called once for every request, when its answer is out or its connection is gone. */
  readonly report: (request: ReceivedRequest) => void
  /** Called for failures that are ours to look into. */
  readonly alarm: (request: ReceivedRequest, error: unknown) => void
}

export interface Proxy {
  readonly listener: RequestListener
  /** Finishes or undoes buckets whose creation or deletion was begun and not finished. */
  readonly ownership: Ownership
}

/** Bucket names that no client may use, whichever backend they would be on. */
const RESERVED_BUCKETS: ReadonlySet<string> = new Set(
  Object.values(CAPABILITIES).flatMap((capabilities) => [...capabilities.reservedBuckets]),
)

/** @throws Error where an operation has no action: nothing may be let through that nobody checks */
export function createProxy(deps: ProxyDeps): Proxy {
  assertEveryOperationMapped()
  const { reader, buckets, backends, now } = deps
  const settings = memoized(deps.settings, (current) => ({
    trustedProxies: current.trustedProxies.flatMap((text) => parseSubnet(text) ?? []) as readonly Subnet[],
    authentication: {
      scope: scopeRules(current.regions),
      maxExpiresSeconds: current.presignedMaxSeconds,
      sigV2: current.sigV2,
    },
    regions: new Set([...current.regions, 'us-east-1']) as ReadonlySet<string>,
  }))
  const start = deps.settings()
  const ownership = createOwnership({
    reader,
    buckets,
    backends,
    now,
    intentTimeoutMs: start.intentTimeoutMs,
    quarantineMs: () => deps.settings().quarantineMs,
  })
  const listener = createPipeline({
    ...deps,
    trustedProxies: () => settings().trustedProxies,
    nextRequestId: createRequestIds(),
    virtualHosts: createVirtualHosts(start.domains),
    signingKeys: createSigningKeys({ max: start.signingKeys }),
    throttle: createFailureThrottle(
      {
        burst: start.failedSignatures,
        perSecond: start.failedSignatures / 60,
        sources: start.failingSources,
      },
      now,
    ),
    authentication: () => settings().authentication,
    reservedBuckets: RESERVED_BUCKETS,
    limits: createLimits(start.perKey, start.perProject, now),
    ownership,
    regions: () => settings().regions,
  })
  return { listener, ownership }
}

/** Derives from a value once, and again when it is another one. */
function memoized<From, To>(read: () => From, derive: (from: From) => To): () => To {
  let from = read()
  let to = derive(from)
  return () => {
    const current = read()
    if (current !== from) {
      from = current
      to = derive(current)
    }
    return to
  }
}
