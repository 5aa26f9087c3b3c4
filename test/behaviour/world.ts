/** What every behaviour test has at hand: a running gate, a key that may do everything in one project, and callers. */
import { randomBytes } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import type { Gate } from '../support/gate.ts'
import { header, type RawResponse, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, type SigningOptions, signed } from '../support/s3-request.ts'
import type { BackendName, Capabilities } from './capabilities.ts'

export interface World {
  readonly backend: BackendName
  readonly can: Capabilities
  readonly gate: Gate
  /** May do everything in `projectId`. */
  readonly credentials: Credentials
  readonly projectId: string
  /** The same right in a second project of the same organization. */
  readonly other: { readonly credentials: Credentials; readonly projectId: string }
  /** The AWS SDK with `credentials`. */
  readonly s3: S3Client
}

/** The world is made in beforeAll, and tests are written before that: they ask for it when they run. */
export type WorldOf = () => World

export function sdk(gate: Gate, credentials: Credentials): S3Client {
  return new S3Client({
    endpoint: gate.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
  })
}

/** A name that no other test has. */
export function freshName(prefix = 'b'): string {
  return `${prefix}-${randomBytes(8).toString('hex')}`
}

/** Signs with the world's key and sends on a connection of its own. */
export function call(
  world: World,
  request: S3Request,
  options: Partial<SigningOptions> = {},
): Promise<RawResponse> {
  return send(world.gate.port, signed(world.credentials, request, { host: world.gate.host, ...options }))
}

/** A new bucket of the world's project. */
export async function makeBucket(world: World, credentials = world.credentials): Promise<string> {
  const name = freshName()
  const response = await send(
    world.gate.port,
    signed(credentials, { method: 'PUT', target: `/${name}` }, { host: world.gate.host }),
  )
  if (response.status !== 200) throw new Error(`CreateBucket → ${response.status} ${response.body}`)
  return name
}

/** The text of the first element of that name, entities resolved. */
export function element(response: RawResponse, name: string): string | undefined {
  return elements(response, name)[0]
}

/** The texts of all elements of that name. */
export function elements(response: RawResponse, name: string): readonly string[] {
  const text = response.body.toString('utf8')
  return [...text.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, 'g'))].map((match) =>
    unescapeXml(match[1] ?? ''),
  )
}

/** Status and code of an error answer, as one value to compare. */
export function verdict(response: RawResponse): string {
  return [response.status, element(response, 'Code')].filter((part) => part !== undefined).join(' ')
}

export { header }

function unescapeXml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, decimal: string) => String.fromCodePoint(Number(decimal)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
