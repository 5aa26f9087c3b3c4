/**
 * The S3 listener of one process: the pipeline made of its parts, over an open store. A reload builds the pipeline anew
 * from the new configuration; requests in progress finish with the one they began with.
 */
import type { Config } from '../config.ts'
import { canonicalAddress } from '../iam/address.ts'
import type { AccessEntry } from '../observe/access-entry.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { type BackendEvent, type Backends, CAPABILITIES, createBackends } from '../proxy/backend/index.ts'
import { CertificateError, type CertificateEvent } from '../proxy/certificate.ts'
import { checkDocument } from '../proxy/documents.ts'
import { createRequestIds, type ReceivedRequest } from '../proxy/edge.ts'
import { createFormRoom } from '../proxy/form-room.ts'
import { createJournal } from '../proxy/journal.ts'
import { createLimits } from '../proxy/limits.ts'
import { createOwnership, type Ownership } from '../proxy/ownership.ts'
import { createPipeline } from '../proxy/pipeline.ts'
import { createReadBuffers } from '../proxy/read-buffers.ts'
import { startServer, type UnreadableBytes } from '../proxy/server.ts'
import { createFailureThrottle } from '../proxy/throttle.ts'
import { S3_ERRORS } from '../s3/error.ts'
import { loadChecksums } from '../sigv4/checksum.ts'
import { createSigningKeys } from '../sigv4/sign.ts'
import type { Store } from '../store/store.ts'
import { backendSettings } from './backend-settings.ts'
import { claimRules, configuredNames } from './claim-rules.ts'
import { StartFailure } from './failure.ts'

export interface ServingDeps {
  readonly store: Store
  readonly log: Log
  readonly metrics: Metrics
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface Serving {
  /** Where S3 clients connect, e.g. `http://127.0.0.1:8484`. */
  readonly endpoint: string
  /** Takes over what may change while the gate runs. */
  reload(config: Config): void
  /** Takes no new request, and resolves when the last one is over or the configured patience has ended. */
  drain(): Promise<void>
}

/** Names that are doors to other interfaces at some kind of backend: nobody's bucket, wherever it would lie. */
export const RESERVED_BUCKETS: ReadonlySet<string> = new Set(
  Object.values(CAPABILITIES).flatMap(({ reservedBuckets }) => [...reservedBuckets]),
)

/** What the log and `User-Agent` restrictions keep of that header. */
const MAX_USER_AGENT = 255

/** Between two looks at a certificate's files. */
export const CERTIFICATE_MS = 2_000

/** @throws StartFailure where the certificate cannot be used; Error where the address cannot be listened on */
export async function startServing(started: Config, deps: ServingDeps): Promise<Serving> {
  const { store, log, metrics, now } = deps
  let config = started
  const signingKeys = createSigningKeys({ max: started.cache.keys })
  const checksums = await loadChecksums()
  const readBuffers = createReadBuffers()
  const formRoom = createFormRoom()
  const backends = createBackends({
    settings: backendSettings(started, () => config),
    keys: signingKeys,
    readBuffers,
    now,
    onEvent: reportEvent(log),
  })
  const nextRequestId = createRequestIds()

  const build = (settings: Config) => {
    const rules = claimRules(settings, store.reader)
    return createPipeline({
      now,
      nextRequestId,
      trustedProxies: () => settings.trusted_proxies,
      reader: store.reader,
      buckets: store.bucketWriter,
      names: configuredNames(settings),
      publicEndpoint: settings.public_endpoints[0] ?? null,
      signingKeys,
      throttle: createFailureThrottle(
        {
          burst: settings.limits.failed_signatures,
          perSecond: settings.limits.failed_signatures / 60,
          sources: settings.limits.failing_sources,
        },
        now,
      ),
      authentication: () => rules,
      reservedBuckets: RESERVED_BUCKETS,
      checkBody: (asked) => checkDocument(asked, { checksums }),
      ownership: createGateOwnership(settings, store, backends, now),
      backends,
      checksums,
      readBuffers,
      formRoom,
      regions: new Set([settings.region, ...settings.regions, 'us-east-1']),
      limits: createLimits(
        {
          concurrency: settings.limits.concurrency_per_key ?? 0,
          perSecond: settings.limits.rate_per_key ?? 0,
        },
        {
          concurrency: settings.limits.concurrency_per_project ?? 0,
          perSecond: settings.limits.rate_per_project ?? 0,
        },
        now,
      ),
      report: (request) => {
        const entry = entryOf(request, now())
        log.request(entry)
        metrics.end(entry)
        reportIdle(request, log, metrics)
      },
      alarm: (request, error) => log.error('internal error', { request_id: request.id }, error),
    })
  }

  let pipeline = build(config)
  metrics.register({
    name: 's3warden_backend_endpoint_up',
    help: 'Whether an endpoint of a backend answers.',
    type: 'gauge',
    aggregator: 'min',
    samples: () =>
      backends.health().map(({ backendId, endpoint, healthy }) => ({
        labels: { backend_id: backendId, endpoint },
        value: healthy ? 1 : 0,
      })),
  })
  const server = await startServer(
    {
      host: config.listen.host,
      port: config.listen.port,
      maxHeaderBytes: config.limits.header_size,
      headersTimeoutMs: config.timeouts.headers,
      keepAliveTimeoutMs: config.timeouts.idle,
      maxConnections: 0,
      tls:
        config.tls === null
          ? null
          : { files: config.tls, intervalMs: CERTIFICATE_MS, onEvent: reportCertificate(log) },
    },
    (incoming, response, expectsContinue) => {
      metrics.begin()
      pipeline(incoming, response, expectsContinue)
    },
    ({ peer, code, reason }) => {
      const request_id = nextRequestId()
      const entry = unreadableEntry(request_id, canonicalAddress(peer), code, reason)
      metrics.begin()
      log.request(entry)
      metrics.end(entry)
      return request_id
    },
  ).catch((error: unknown) => {
    if (!(error instanceof CertificateError)) throw error
    throw new StartFailure(`the certificate cannot be used: ${error.message}`, { cause: error })
  })
  return {
    endpoint: server.endpoint,
    reload: (next) => {
      config = next
      pipeline = build(next)
    },
    drain: async () => {
      await server.drain(config.timeouts.drain)
      await backends.close()
    },
  }
}

export function createGateOwnership(
  config: Config,
  store: Store,
  backends: Backends,
  now: () => number,
): Ownership {
  return createOwnership({
    reader: store.reader,
    buckets: store.bucketWriter,
    backends,
    now,
    // Twice what a request to make or delete a bucket may take.
    intentTimeoutMs: 2 * config.timeouts.backend_answer,
    quarantineMs: config.limits.released_name,
  })
}

/** What is known of bytes that never became a request. */
function unreadableEntry(
  request_id: string,
  remote_ip: string,
  code: UnreadableBytes['code'],
  reason: string,
): AccessEntry {
  return {
    ...createJournal(),
    request_id,
    method: '',
    remote_ip,
    user_agent: '',
    reason,
    status: S3_ERRORS[code][0],
    code,
    fault: 'client',
    total_ms: 0,
  }
}

/** Longer lists of names are cut: a client may send thousands. */
const MAX_IDLE_NAMES = 20
const MAX_IDLE_NAME = 64

function reportIdle({ id, journal }: ReceivedRequest, log: Log, metrics: Metrics): void {
  const { idle_headers: headers, idle_parameters: parameters } = journal
  if (headers.length === 0 && parameters.length === 0) return
  metrics.idle(headers.length, parameters.length)
  if (!log.debugs) return
  const listed = (names: readonly string[]) =>
    names
      .slice(0, MAX_IDLE_NAMES)
      .map((name) => name.slice(0, MAX_IDLE_NAME))
      .join(', ')
  log.debug('idle', { request_id: id, headers: listed(headers), parameters: listed(parameters) })
}

function entryOf({ id, method, ip, time, headers, journal }: ReceivedRequest, now: number): AccessEntry {
  return {
    request_id: id,
    method,
    remote_ip: ip,
    user_agent: headers.get('user-agent')?.slice(0, MAX_USER_AGENT) ?? '',
    ...journal,
    total_ms: now - time,
  }
}

export function reportEvent(log: Log): (event: BackendEvent) => void {
  return (event) => {
    if (event.kind === 'endpoint-up') {
      log.info('backend endpoint is up', { backend: event.backendId, endpoint: event.endpoint })
    } else {
      const { backendId, endpoint, reason } = event
      log.warn('backend endpoint is down', { backend: backendId, endpoint, reason })
    }
  }
}

export function reportCertificate(log: Log): (event: CertificateEvent) => void {
  return (event) => {
    if (event.kind === 'certificate-renewed') {
      log.info('the certificate was renewed', { path: event.file })
    } else {
      log.error('the certificate stays as it was', { path: event.file, reason: event.reason })
    }
  }
}
