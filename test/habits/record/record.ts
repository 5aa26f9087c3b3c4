/**
 * Records anew what S3 SDKs send, into `test/data/sdk-requests.json`. By hand, after `test/support/tools.sh` and
 * `test/habits/record/tools.sh`, which put the programs in place:
 *
 *   node_modules/.bin/node test/habits/record/record.ts            all clients
 *   node_modules/.bin/node test/habits/record/record.ts boto3 …    these only; the rest of the file stays
 *
 * Each client does its operations twice, over http and over https, through a proxy that keeps every byte, at a MinIO
 * started for it.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { GATE_CERTIFICATE } from '../../support/gate.ts'
import { MINIO_CREDENTIALS, startMinio } from '../../support/minio.ts'
import { send } from '../../support/raw-http.ts'
import { sha256 } from '../../support/reference-signer.ts'
import { run } from '../../support/run.ts'
import { signed } from '../../support/s3-request.ts'
import {
  type ClientHabits,
  FILE,
  type RecordedRequest,
  readHabits,
  type SentRequest,
  withPayload,
} from '../habits.ts'
import { Memory } from '../memory.ts'
import { dataOf, fieldOf } from '../render.ts'
import { CLIENTS, type RecordedClient } from './clients.ts'
import { type Driven, drive } from './drive.ts'
import { RecordingProxy } from './proxy.ts'
import { template } from './template.ts'

const UNSIGNED = 'UNSIGNED-PAYLOAD'

const ABOUT = [
  'Requests of S3 clients as they were on the wire, in front of MinIO. Written by test/habits/record/record.ts, which',
  'says how to record anew; replayed by test/habits/replay.test.ts. Of each client, for each thing that it was told to',
  'do, the requests that it sent, in order:',
  'head: request line and header lines, byte for byte (latin1).',
  'body: its data (text, base64, or so many of a character after another), cut into the chunks of awsChunked.sizes',
  '("count x size") with awsChunked.end after the last of them, and that into httpChunks of Transfer-Encoding.',
  'status: what MinIO answered.',
  'https: what it sends over TLS instead; where this is a text, only x-amz-content-sha256 is another.',
  'Placeholders of every request: {accessKey}, {host}, {bucket}; {date}, {day}, {httpDate}, {expires}, {later} (times);',
  '{credential} (the access key with the scope us-east-1/s3), {signature}, {chunkSignature}, {trailerSignature};',
  "{sha256} and {md5} (base64) of the data; {userAgent} (the client's userAgent), {uuid}, {kernel}.",
  'Of earlier answers: {uploadId}, {etag:N} of part N, {etag:KEY}, {lastModified}.',
  'different: answers of the gate that are others than what MinIO answered the client, and why. Written by hand.',
]

async function main(names: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 's3warden-habits-'))
  const minio = await startMinio()
  try {
    const trustStore = join(directory, 'authority.p12')
    await succeed('keytool', [
      ...['-importcert', '-noprompt', '-alias', 'gate', '-file', GATE_CERTIFICATE.authority],
      ...['-keystore', trustStore, '-storetype', 'PKCS12', '-storepass', 'changeit'],
    ])
    for (const client of CLIENTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
      const made = await Promise.all(
        (['http', 'https'] as const).map((scheme) =>
          record(client, scheme, minio.port, directory, trustStore),
        ),
      )
      await write(together(client, made))
    }
  } finally {
    await minio.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

interface Session {
  readonly version: string
  readonly userAgent: string
  readonly operations: readonly { readonly operation: string; readonly requests: readonly SentRequest[] }[]
}

async function record(
  client: RecordedClient,
  scheme: 'http' | 'https',
  minioPort: number,
  directory: string,
  trustStore: string,
): Promise<Session> {
  const proxy = await RecordingProxy.start(scheme, minioPort)
  try {
    const bucket = `habits-of-${scheme}-${randomBytes(4).toString('hex')}`
    const given = { ...MINIO_CREDENTIALS, host: `127.0.0.1:${proxy.port}`, bucket }
    if (client.findsBucket === true) {
      await send(minioPort, signed(given, { method: 'PUT', target: `/${bucket}` }, { host: given.host }))
    }
    const driven: Driven = await drive(
      client,
      {
        ...given,
        url: `${scheme}://${given.host}`,
        authority: GATE_CERTIFICATE.authority,
        trustStore,
        home: await mkdtemp(join(directory, 'home-')),
      },
      proxy,
    )
    for (const failure of driven.failures) console.log(`${client.name}, ${scheme}: ${failure}`)
    const memory = new Memory()
    const opaque = new Opaque()
    const userAgent = commonest(
      driven.operations.flatMap(({ exchanges }) =>
        exchanges.map(({ head }) => fieldOf(head.split('\r\n'), 'user-agent') ?? ''),
      ),
    )
    const operations = driven.operations.map(({ operation, exchanges }) => ({
      operation,
      requests: exchanges.map((exchange) => {
        const told = template(exchange, given, memory, userAgent)
        const row = client.opaque === true ? opaque.row(told) : told
        memory.note(exchange.head.split('\r\n')[0] ?? '', exchange.answer)
        return row
      }),
    }))
    const count = operations.reduce((sum, { requests }) => sum + requests.length, 0)
    console.log(`${client.name} ${driven.version}, ${scheme}: ${count} requests`)
    return { version: driven.version, userAgent, operations }
  } finally {
    proxy.stop()
  }
}

/** Rows of a client whose data is another each time, and that names objects by what is in them. */
class Opaque {
  readonly #names = new Map<string, string>()

  /** The same with as many bytes, but others, and names that are always the same. */
  row(row: SentRequest): SentRequest {
    const { body } = row
    const bytes = body === undefined ? Buffer.alloc(0) : dataOf(body.data, (text) => text)
    const line = (row.head[0] ?? '').replace('{sha256}', sha256(bytes))
    const head = [line.replace(/[0-9a-f]{64}/g, (name) => this.#name(name)), ...row.head.slice(1)]
    // The directory is the name's beginning.
    const filed = head.map((text) => text.replace(/\/[0-9a-f]{2}\/([0-9a-f]{2})(?=[0-9a-f]{62})/, '/$1/$1'))
    if (body === undefined) return { ...row, head: filed }
    return { ...row, head: filed, body: { ...body, data: { fill: [['x', bytes.length]] } } }
  }

  #name(name: string): string {
    const known = this.#names.get(name) ?? this.#names.size.toString(16).padStart(2, '0').padEnd(64, '0')
    this.#names.set(name, known)
    return known
  }
}

function commonest(texts: readonly string[]): string {
  const count = (text: string) => texts.filter((other) => other === text).length
  return texts.reduce((best, text) => (count(text) > count(best) ? text : best), '')
}

/** One record of both schemes. */
function together({ name, findsBucket }: RecordedClient, [http, https]: readonly Session[]): ClientHabits {
  if (http === undefined || https === undefined) throw new Error('both schemes are recorded')
  return {
    name,
    version: http.version,
    bucket: findsBucket === true ? 'there' : 'made',
    userAgent: http.userAgent.replaceAll(release(), '{kernel}'),
    operations: http.operations.map(({ operation, requests }, i) => {
      const secure = https.operations[i]
      if (secure?.operation !== operation || secure.requests.length !== requests.length) {
        throw new Error(`${name}: ${operation} took another number of requests over https`)
      }
      return {
        operation,
        requests: requests.map((request, j) => withHttps(request, secure.requests[j] ?? request)),
      }
    }),
  }
}

function withHttps(plain: SentRequest, secure: SentRequest): RecordedRequest {
  if (essence(plain) === essence(secure)) return plain
  const unsigned = essence(withPayload(plain, UNSIGNED)) === essence(secure)
  return { ...plain, https: unsigned ? UNSIGNED : secure }
}

/**
 * What two forms of a request are compared by: some clients say their headers, or what is in their User-Agent, in
 * another order each time, and HTTP's chunks are cut where a buffer happened to end.
 */
function essence({ head, body, status }: SentRequest): string {
  return JSON.stringify({
    status,
    head: head.filter((line) => !/^user-agent:/i.test(line)).sort(),
    body: { ...body, httpChunks: body?.httpChunks !== undefined },
  })
}

/** Puts one client's record into the file, in place of the one before. */
async function write(recorded: ClientHabits): Promise<void> {
  const before = readHabits()
  const clients = CLIENTS.flatMap(({ name }) => {
    const client = recorded.name === name ? recorded : before.clients.find((other) => other.name === name)
    return client === undefined ? [] : [client]
  })
  await writeFile(FILE, `${laidOut({ about: ABOUT, different: before.different, clients })}\n`)
}

/** JSON with one line a header and no line of its own for what is short; not indented for ever. */
function laidOut(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || indent.length + flat.length <= 110) return flat
  const inner = `${indent} `.slice(0, 3)
  const lines = Array.isArray(value)
    ? value.map((item) => laidOut(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${laidOut(item, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${lines.map((line) => `${inner}${line}`).join(',\n')}\n${indent}${close}`
}

async function succeed(program: string, args: readonly string[]): Promise<void> {
  const outcome = await run(program, args, { env: { PATH: process.env.PATH ?? '' } })
  if (outcome.code !== 0) throw new Error(`${program}: ${outcome.stdout}${outcome.stderr}`)
}

await main(process.argv.slice(2))
