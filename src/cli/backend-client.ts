/** How commands talk to a backend: the gate's own way, for one backend and a few small requests. */
import type { Config } from '../config.ts'
import { backendSettings } from '../gate/backend-settings.ts'
import type { Backend } from '../iam/model.ts'
import type { ResolvedBackend } from '../iam/reader.ts'
import {
  type BackendAnswer,
  type BackendRequest,
  type Backends,
  createBackends,
} from '../proxy/backend/index.ts'
import { UNCOUNTED } from '../proxy/read-buffers.ts'
import { S3Error } from '../s3/error.ts'
import type { HeaderList } from '../s3/headers.ts'
import { canonicalQuery, encodePath } from '../s3/uri.ts'
import { parseXml, type XmlElement } from '../s3/xml.ts'
import { createSigningKeys } from '../sigv4/sign.ts'
import { CommandFailure } from './fault.ts'
import type { Session } from './session.ts'

/** The longest answer that is read. */
const MAX_ANSWER = 16 * 1024 * 1024

export interface BackendClient {
  /** @throws CommandFailure where the backend gives no answer */
  send(request: SmallRequest): Promise<BackendAnswer>
  close(): Promise<void>
}

export interface SmallRequest {
  readonly method: string
  readonly bucket: string | null
  readonly key?: string
  /** Canonical. */
  readonly query?: string
  readonly headers?: HeaderList
  readonly body?: Buffer
}

export function openBackend(config: Config, backend: ResolvedBackend, now: () => number): BackendClient {
  const backends: Backends = createBackends({
    settings: backendSettings(config),
    keys: createSigningKeys({ max: 4 }),
    readBuffers: UNCOUNTED,
    now,
    onEvent: () => {},
  })
  return {
    send: async ({ method, bucket, key, query, headers, body }) => {
      const request: BackendRequest = {
        backend,
        method,
        bucket,
        path: encodePath(`/${bucket ?? ''}${key === undefined ? '' : `/${key}`}`),
        query: query ?? '',
        headers: headers ?? [],
        body: body === undefined ? { kind: 'none' } : { kind: 'bytes', bytes: body },
        patience: 'normal',
      }
      try {
        return await backends.request(request, { maxBytes: MAX_ANSWER })
      } catch (error) {
        if (!(error instanceof S3Error)) throw error
        throw new CommandFailure(
          `backend \`${backend.record.name}\` (${backend.record.endpoints.join(', ')}) gives no answer: ${error.reason ?? error.message}`,
        )
      }
    },
    close: () => backends.close(),
  }
}

/** A backend with its secret. */
export async function resolvedBackend(session: Session, record: Backend): Promise<ResolvedBackend> {
  const secretKey = await session.store.repositories.backends.secretKey(record.id)
  if (secretKey === undefined) throw new CommandFailure(`backend \`${record.name}\` has no secret key`)
  return { record, secretKey }
}

/** The S3 error code in an answer's body, or its status. */
export function errorOf({ status, body }: BackendAnswer): string {
  try {
    const code = parseXml(body).children.find(({ name }) => name === 'Code')?.text
    return code === undefined ? `status ${status}` : code
  } catch {
    return `status ${status}`
  }
}

/** Names of all buckets that the gate's credential has there. @throws CommandFailure */
export async function backendBuckets(client: BackendClient, backend: Backend): Promise<readonly string[]> {
  const names: string[] = []
  for (let query = ''; ; ) {
    const answer = await client.send({ method: 'GET', bucket: null, query })
    if (answer.status !== 200) {
      throw new CommandFailure(`backend \`${backend.name}\` refuses to list its buckets: ${errorOf(answer)}`)
    }
    const result = parseXml(answer.body)
    const buckets = child(result, 'Buckets')?.children ?? []
    names.push(...buckets.flatMap((bucket) => child(bucket, 'Name')?.text ?? []))
    const token = child(result, 'ContinuationToken')?.text ?? ''
    if (token === '') return names
    query = canonicalQuery([['continuation-token', token]])
  }
}

function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name)
}
