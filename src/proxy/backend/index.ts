/** The way to the object stores. https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html */

import { createRequestSigner } from '../../sigv4/request-signer.ts'
import type { SigningKeys } from '../../sigv4/sign.ts'
import { Live } from '../live.ts'
import type { ReadBuffers } from '../read-buffers.ts'
import type {
  BackendAnswer,
  BackendEvent,
  BackendRequest,
  BackendSettings,
  Backends,
  Exchange,
  ResponseHandler,
} from './backends.ts'
import { Clusters } from './cluster.ts'
import { collectAnswer } from './collect.ts'
import { BackendExchange, type ExchangeContext } from './exchange.ts'

export * from './backends.ts'
export {
  adaptHeaders,
  CAPABILITIES,
  type Capabilities,
  capabilitiesOf,
  ignoredOf,
  ignoresTagsOfBatch,
  lacks,
} from './capabilities.ts'
export { type BodyDecoder, createUpload, type Upload, type UploadOptions } from './upload.ts'

export interface BackendsDeps {
  readonly settings: BackendSettings
  /** May be shared with the verification of clients. */
  readonly keys: SigningKeys
  /** What answers are read into takes memory. */
  readonly readBuffers: ReadBuffers
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly onEvent: (event: BackendEvent) => void
}

/** How often exchanges are looked at for progress. */
const CHECK_MS = 1_000

export function createBackends(deps: BackendsDeps): Backends {
  const { settings, keys, readBuffers, now, onEvent } = deps
  const signer = createRequestSigner({ keys, now })
  const clusters = new Clusters({ settings, readBuffers, onEvent, now })
  const live = new Live<BackendExchange>()
  let whenIdle: (() => void) | null = null

  const check = setInterval(
    () => {
      const time = now()
      for (const exchange of live.snapshot()) exchange.check(time)
    },
    Math.min(CHECK_MS, settings.rateWindowMs / 4),
  ).unref()
  const inspect = setInterval(() => clusters.inspect(), settings.healthIntervalMs).unref()

  const onOver = (exchange: BackendExchange): void => {
    live.delete(exchange)
    if (live.size === 0) whenIdle?.()
  }

  const send = (request: BackendRequest, handler: ResponseHandler): Exchange => {
    const context: ExchangeContext = {
      cluster: clusters.of(request.backend.record),
      signer,
      settings,
      now,
      onOver,
    }
    const exchange = new BackendExchange(request, handler, context)
    live.add(exchange)
    exchange.start()
    return exchange
  }

  return {
    send,
    request: (request, { maxBytes }): Promise<BackendAnswer> =>
      collectAnswer((handler) => send(request, handler), maxBytes),
    health: () =>
      clusters.all().map(({ backendId, endpoint }) => ({
        backendId,
        endpoint: endpoint.origin,
        healthy: endpoint.healthy,
      })),
    async close() {
      if (live.size > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve
        })
      }
      clearInterval(check)
      clearInterval(inspect)
      await clusters.close()
    },
  }
}
