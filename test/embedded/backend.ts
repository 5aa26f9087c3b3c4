/** Embedded backends for tests, over real directories, spoken to as the gate does: over HTTP, signed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { type EmbeddedBackend, startEmbeddedBackend } from '../../src/embedded/server.ts'
import { type RawResponse, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, type SigningOptions, signed } from '../support/s3-request.ts'

export interface TestBackend extends EmbeddedBackend, AsyncDisposable {
  readonly directory: string
  readonly port: number
  readonly credentials: Credentials
  /** Faults of the backend's own: a test that expects none may look. */
  readonly faults: unknown[]
  client(config?: Partial<S3ClientConfig>): S3Client
  /** Signs and sends, and reads the answer as it was on the wire. */
  send(request: S3Request, options?: Partial<SigningOptions>): Promise<RawResponse>
}

/** @param directory one that outlives the backend; else a new one that goes with it */
export async function startBackend(directory?: string, now = Date.now): Promise<TestBackend> {
  const kept = directory ?? (await newDirectory())
  const faults: unknown[] = []
  const backend = await startEmbeddedBackend({
    directory: kept,
    now,
    onFault: (error) => faults.push(error),
  })
  const credentials = { accessKey: backend.accessKey, secretKey: backend.secretKey.reveal() }
  const port = Number(new URL(backend.endpoint).port)
  return {
    ...backend,
    directory: kept,
    port,
    credentials,
    faults,
    client: (config) =>
      new S3Client({
        endpoint: backend.endpoint,
        region: backend.region,
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
        ...config,
      }),
    send: (request, options) =>
      send(port, signed(credentials, request, { host: `127.0.0.1:${port}`, at: now(), ...options })),
    async [Symbol.asyncDispose]() {
      await backend.close()
      if (directory === undefined) await rm(kept, { recursive: true, force: true })
    },
  }
}

export function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 's3warden-embedded-'))
}

/** The answer's body as text. */
export function text(response: RawResponse): string {
  return response.body.toString()
}

/** The `<Code>` of an error's body. */
export function errorCode(response: RawResponse): string | undefined {
  return /<Code>([^<]*)<\/Code>/.exec(text(response))?.[1]
}
