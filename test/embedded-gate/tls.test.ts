/** The gate's own TLS: the same edge as over plain HTTP, and certificates that are renewed while it runs. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALGORITHMS, checksum } from '../behaviour/checksums.ts'
import { verdict } from '../behaviour/world.ts'
import { type CertificateFiles, GATE_CERTIFICATE, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { Connection, type RawRequest, type RawResponse, sendBytes, serialize } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { chunked, signed } from '../support/s3-request.ts'

const CRC32 = ALGORITHMS[0]!
const RENEWED = { cert: 'test/data/tls/gate-renewed.pem', key: 'test/data/tls/gate-renewed.key' }

describe('TLS', () => {
  let directory: string
  let files: CertificateFiles
  let gate: Gate
  let credentials: Credentials
  let authority: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 's3warden-tls-'))
    files = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') }
    await install(GATE_CERTIFICATE)
    authority = await readFile(GATE_CERTIFICATE.authority, 'utf8')
    gate = await Gate.start({ tls: files, env: { S3WARDEN_WORKERS: '2' } })
    credentials = await (await Operator.of(gate)).tenant('tester', ['ObjectStorageFullAccess'])
    expect(verdict(await call({ method: 'PUT', target: '/ours' }))).toBe('200')
  })
  afterAll(async () => {
    await gate.destroy()
    await rm(directory, { recursive: true, force: true })
  })

  const install = async ({ cert, key }: CertificateFiles) => {
    await copyFile(cert, files.cert)
    await copyFile(key, files.key)
  }

  const exchange = async (request: RawRequest): Promise<RawResponse> => {
    const connection = await Connection.openSecurely(gate.port, authority)
    try {
      return await connection.exchange(request)
    } finally {
      connection.close()
    }
  }
  const call = (request: Parameters<typeof signed>[1]) =>
    exchange(signed(credentials, request, { host: gate.host }))

  /** Whom the certificate that a new connection is shown is made out to. */
  const subject = async (): Promise<string | undefined> => {
    const connection = await Connection.openSecurely(gate.port, authority)
    const { CN } = connection.socket.getPeerCertificate().subject
    connection.close()
    return typeof CN === 'string' ? CN : CN?.[0]
  }

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100))
  }

  test('objects go in and come out', async () => {
    const body = Buffer.alloc(3_000_000, 'over hill and dale ')
    expect(verdict(await call({ method: 'PUT', target: '/ours/k', body }))).toBe('200')
    expect((await call({ method: 'GET', target: '/ours/k' })).body.equals(body)).toBe(true)
  })

  test.for([1, 100, 70_000])('an upload with a trailer, in HTTP chunks, cut after %i bytes', async (cut) => {
    const { request } = chunked(
      credentials,
      { method: 'PUT', target: '/ours/chunked', body: Buffer.alloc(100_000, 'x') },
      {
        host: gate.host,
        mode: 'unsigned-trailer',
        framing: 'chunked',
        trailers: [['x-amz-checksum-crc32', await checksum(CRC32, Buffer.alloc(100_000, 'x'))]],
      },
    )
    const connection = await Connection.openSecurely(gate.port, authority)
    const bytes = serialize(request)
    const head = bytes.indexOf('\r\n\r\n') + 4
    connection.write(bytes.subarray(0, head + cut))
    await new Promise((resolve) => setTimeout(resolve, 50))
    connection.write(bytes.subarray(head + cut))
    expect(verdict(await connection.response('PUT'))).toBe('200')
    connection.close()
  })

  test.for([
    [
      'a chunk extension',
      'PUT /ours/k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n',
    ],
    [
      'two lengths',
      'PUT /ours/k HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no Host', 'GET /ours/k HTTP/1.1\r\n\r\n'],
    ['a header twice', 'GET /ours/k HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1\r\nRange: bytes=0-2\r\n\r\n'],
    ['an absolute target', 'GET http://h/ours/k HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
  ] as const)('%s is refused as over plain HTTP', async ([, text]) => {
    const connection = await Connection.openSecurely(gate.port, authority)
    connection.write(text)
    expect((await connection.response('GET')).status).toBe(400)
    await connection.closed()
  })

  test('plain HTTP gets no answer, and does no harm', async () => {
    await expect(sendBytes(gate.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).rejects.toThrow('closed after')
    expect(verdict(await call({ method: 'GET', target: '/ours' }))).toBe('200')
  })

  test('a renewed certificate is shown without a restart, and half of one is not', async () => {
    expect(await subject()).toBe('gate')
    const old = await Connection.openSecurely(gate.port, authority)
    await copyFile(RENEWED.cert, files.cert)
    await until(() => Promise.resolve(gate.output.includes('the certificate stays as it was')))
    expect(await subject()).toBe('gate')
    await copyFile(RENEWED.key, files.key)
    // Every worker looks for itself.
    await until(async () =>
      (await Promise.all([1, 2, 3, 4].map(subject))).every((name) => name === 'gate-renewed'),
    )
    const request = signed(credentials, { method: 'GET', target: '/ours' }, { host: gate.host })
    expect(verdict(await old.exchange(request))).toBe('200')
    old.close()
  })

  test.for([
    [
      'a key of another certificate',
      () => copyFile(RENEWED.key, join(directory, 'other.key')),
      /key values mismatch/,
    ],
    [
      'a key that is none',
      () => writeFile(join(directory, 'other.key'), 'no key'),
      /PEM|DECODER|unsupported/i,
    ],
    ['no key', () => rm(join(directory, 'other.key'), { force: true }), /ENOENT/],
  ] as const)('with %s it does not start', async ([, prepare, reason]) => {
    await prepare()
    const tls = { cert: GATE_CERTIFICATE.cert, key: join(directory, 'other.key') }
    const failed = await Gate.start({ tls }).then(
      () => undefined,
      (error: Error) => error.message,
    )
    expect(failed).toMatch(/the certificate cannot be used: /)
    expect(failed).toMatch(reason)
    expect(failed).not.toContain('    at ')
  })
})
