/**
 * Asks the gate in front of a backend for every row, and holds each answer, status, headers and body, against the one
 * that is written down. `expected/embedded.txt` is the norm; another backend's file has the answers that differ there.
 *
 * With `S3WARDEN_CONFORMANCE=record` the answers are written down: to be read before they are committed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { element, freshName } from '../behaviour/world.ts'
import { type BackendSettings, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { header, type RawResponse, send } from '../support/raw-http.ts'
import { signed } from '../support/s3-request.ts'
import { ROWS, type Stand } from './rows.ts'

const HEADING = '=== '

/** Row → answer. */
type Answers = Map<string, string>

/** @param settings undefined: the embedded store */
export function conformance(
  backend: 'embedded' | 'ceph' | 'minio',
  settings: BackendSettings | undefined,
): void {
  describe(`on ${backend}`, () => {
    const norm = read('embedded')
    const expected: Answers = backend === 'embedded' ? norm : new Map([...norm, ...read(backend)])
    const recording = process.env.S3WARDEN_CONFORMANCE === 'record'
    const recorded: Answers = new Map()
    const kept = new Map<string, string>()
    let gate: Gate
    let stand: Stand
    let plain: (text: string) => string

    beforeAll(async () => {
      gate = await Gate.start(settings === undefined ? {} : { backend: settings })
      const operator = await Operator.of(gate)
      const strangers = await Operator.ofAnotherOrganization(gate, 'strangers')
      stand = {
        host: gate.host,
        credentials: await operator.tenant('owner', ['ObjectStorageFullAccess']),
        stranger: await strangers.tenant('stranger', ['ObjectStorageFullAccess']),
        bucket: freshName('conformance'),
        foreign: freshName('foreign'),
        kept,
      }
      const made = signed(stand.stranger, { method: 'PUT', target: `/${stand.foreign}` }, { host: gate.host })
      expect((await send(gate.port, made)).status).toBe(200)
      plain = withoutWhatChanges(stand, operator.projectId, kept)
    })
    afterAll(async () => {
      if (recording)
        write(
          backend,
          new Map([...recorded].filter(([name, text]) => backend === 'embedded' || norm.get(name) !== text)),
        )
      await gate.destroy()
    })

    test.for(ROWS.map((row) => [row.name, row] as const))('%s', async ([name, { make, keep }]) => {
      const response = await send(gate.port, make(stand))
      const value =
        keep?.element !== undefined ? element(response, keep.element) : header(response, keep?.header ?? '')
      if (keep !== undefined) kept.set(keep.as, value ?? '')
      const answer = plain(shown(response))
      if (recording) recorded.set(name, answer)
      else expect(answer).toBe(expected.get(name))
    })
  })
}

/** Of the connection, not of the answer. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive'])

/** Status, headers by name, an empty line, and the body with an element a line. */
function shown({ status, headers, body }: RawResponse): string {
  const lines = headers
    .filter(([name]) => !HOP_BY_HOP.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .toSorted()
  const text = body.toString('utf8')
  // Names in it may be longer or shorter: that its length is the one announced was seen when it was read.
  const settled = lines.map((line) =>
    text.startsWith('<') ? line.replace(/^(content-length: ).*/, '$1{length}') : line,
  )
  return [String(status), ...settled, ...(text === '' ? [] : ['', text])].join('\n')
}

/** Names in the place of what is another each time. */
function withoutWhatChanges(stand: Stand, projectId: string, kept: ReadonlyMap<string, string>) {
  const names: readonly (readonly [string, string])[] = [
    [stand.bucket, '{bucket}'],
    [stand.foreign, '{foreign}'],
    [stand.host, '{host}'],
    [stand.credentials.accessKey, '{key}'],
    [projectId, '{project}'],
  ]
  return (text: string): string => {
    const opaque = ['upload', 'version', 'marker'].flatMap((name): [string, string][] => {
      const value = kept.get(name)
      return value === undefined || value === '' ? [] : [[value, `{${name}}`]]
    })
    return [...names, ...opaque]
      .reduce((result, [from, to]) => result.replaceAll(from, to), text)
      .replace(/(?<=ContinuationToken>)[^<\n]+/g, '{token}')
      .replace(/(?<=RequestId>|x-amz-request-id: )[0-9A-F]{16}/g, '{request}')
      .replace(/(?<=HostId>|x-amz-id-2: )[A-Za-z0-9+/=]+/g, '{host-id}')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) =>
        time.includes('.') ? '{time.000}' : '{time}',
      )
      .replace(/\b\d{8}(T\d{6}Z)?(?=[/\n <])/g, (time) => (time.includes('T') ? '{basic time}' : '{day}'))
      .replace(/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '{date}')
      .replace(/(?<=<(StringToSignBytes|CanonicalRequestBytes)>)[0-9a-f ]+/g, '{bytes}')
      .replace(/(?<=<SignatureProvided>)[0-9a-f]{64}/g, '{signature}')
      .replace(/(?<=<StringToSign>[^<]*\n)[0-9a-f]{64}/g, '{hash}')
      .replace(
        /(?<=<VersionId>|<UploadId>|<DeleteMarkerVersionId>|x-amz-version-id: )(?!null|\{)[^<\n]+/g,
        '{id}',
      )
  }
}

const fileOf = (backend: string) => join(import.meta.dirname, 'expected', `${backend}.txt`)

function read(backend: string): Answers {
  const file = fileOf(backend)
  if (!existsSync(file)) return new Map()
  const sections = readFileSync(file, 'utf8').split(`\n${HEADING}`).slice(1)
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n')
      return [section.slice(0, end), section.slice(end + 1).replace(/\n+$/, '')]
    }),
  )
}

function write(backend: string, answers: Answers): void {
  const sections = [...answers].map(([name, answer]) => `\n${HEADING}${name}\n${answer}\n`)
  writeFileSync(fileOf(backend), sections.join(''))
}
