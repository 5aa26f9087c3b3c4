/**
 * The endpoints of one backend, used in turn, and the set of all backends in use.
 *
 * A backend whose record changed in what connections depend on gets new ones; the old ones finish what they carry.
 */
import type { Backend } from '../../iam/model.ts'
import type { ReadBuffers } from '../read-buffers.ts'
import type { BackendEvent, BackendSettings } from './backends.ts'
import { Endpoint } from './endpoint.ts'

export interface Cluster {
  readonly endpoints: readonly Endpoint[]
  /** The next endpoint that is up, else the next one, leaving out those tried already; undefined: all were tried. */
  pick(tried: readonly Endpoint[]): Endpoint | undefined
}

export interface ClustersOptions {
  readonly settings: BackendSettings
  readonly readBuffers: ReadBuffers
  readonly onEvent: (event: BackendEvent) => void
  readonly now: () => number
}

/** A backend that nobody asked for so long is forgotten: it may have been deleted. */
const FORGET_AFTER_MS = 15 * 60_000

interface Entry {
  record: Backend
  readonly cluster: RotatingCluster
  usedAt: number
}

export class Clusters {
  readonly #options: ClustersOptions
  readonly #entries = new Map<string, Entry>()
  /** Pools that are finishing. */
  readonly #closing = new Set<Promise<unknown>>()

  constructor(options: ClustersOptions) {
    this.#options = options
  }

  /** The connections of this backend as it is configured now. */
  of(record: Backend): Cluster {
    const known = this.#entries.get(record.id)
    if (known !== undefined && (known.record === record || connectsAlike(known.record, record))) {
      known.record = record
      known.usedAt = this.#options.now()
      return known.cluster
    }
    if (known !== undefined) this.#retire(known)
    const cluster = new RotatingCluster(record.endpoints.map((origin) => this.#open(record, origin)))
    this.#entries.set(record.id, { record, cluster, usedAt: this.#options.now() })
    return cluster
  }

  /** Looks at endpoints where that tells something: there is a choice, or one is down. Forgets unused backends. */
  inspect(): void {
    const now = this.#options.now()
    for (const [id, entry] of this.#entries) {
      if (now - entry.usedAt > FORGET_AFTER_MS) {
        this.#entries.delete(id)
        this.#retire(entry)
        continue
      }
      const { endpoints } = entry.cluster
      for (const endpoint of endpoints) if (endpoints.length > 1 || !endpoint.healthy) endpoint.probe()
    }
  }

  all(): readonly { readonly backendId: string; readonly endpoint: Endpoint }[] {
    return [...this.#entries].flatMap(([backendId, { cluster }]) =>
      cluster.endpoints.map((endpoint) => ({ backendId, endpoint })),
    )
  }

  /** Resolves when every connection is closed. */
  async close(): Promise<void> {
    for (const entry of this.#entries.values()) this.#retire(entry)
    this.#entries.clear()
    await Promise.all(this.#closing)
  }

  #open(record: Backend, origin: string): Endpoint {
    const { settings, readBuffers, onEvent } = this.#options
    return new Endpoint({
      backendId: record.id,
      origin,
      pool: { ...settings, ca: record.ca, now: this.#options.now },
      readBuffers,
      probeTimeoutMs: settings.connectTimeoutMs,
      onEvent,
    })
  }

  #retire(entry: Entry): void {
    for (const endpoint of entry.cluster.endpoints) {
      const closed = endpoint.close().finally(() => this.#closing.delete(closed))
      this.#closing.add(closed)
    }
  }
}

class RotatingCluster implements Cluster {
  readonly endpoints: readonly Endpoint[]
  #next = 0

  constructor(endpoints: readonly Endpoint[]) {
    this.endpoints = endpoints
  }

  pick(tried: readonly Endpoint[]): Endpoint | undefined {
    const { endpoints } = this
    let fallback: Endpoint | undefined
    for (let i = 0; i < endpoints.length; i++) {
      const endpoint = endpoints[(this.#next + i) % endpoints.length] as Endpoint
      if (tried.includes(endpoint)) continue
      if (endpoint.healthy) {
        this.#next = (this.#next + i + 1) % endpoints.length
        return endpoint
      }
      fallback ??= endpoint
    }
    if (fallback !== undefined) this.#next = (this.#next + 1) % endpoints.length
    return fallback
  }
}

function connectsAlike(a: Backend, b: Backend): boolean {
  return (
    a.ca === b.ca &&
    a.endpoints.length === b.endpoints.length &&
    a.endpoints.every((endpoint, i) => endpoint === b.endpoints[i])
  )
}
