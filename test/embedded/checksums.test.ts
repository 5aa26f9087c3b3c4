import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHECKSUM_ALGORITHMS } from '../../src/sigv4/checksum.ts'
import { header, type RawHeaders } from '../support/raw-http.ts'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

/** Of the nine bytes `123456789`, from the algorithms' own specifications. */
const OF_123456789: Readonly<Record<string, string>> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: createHash('sha1').update('123456789').digest('hex'),
  SHA256: createHash('sha256').update('123456789').digest('hex'),
  SHA512: createHash('sha512').update('123456789').digest('hex'),
  MD5: createHash('md5').update('123456789').digest('hex'),
}
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

let backend: TestBackend
beforeAll(async () => {
  backend = await startBackend()
  await backend.send({ method: 'PUT', target: '/bucket' })
})
afterAll(() => backend[Symbol.asyncDispose]())

const put = (headers: RawHeaders) =>
  backend.send({ method: 'PUT', target: '/bucket/key', body: '123456789', headers })
const read = (headers: RawHeaders = [['x-amz-checksum-mode', 'ENABLED']], method = 'GET') =>
  backend.send({ method, target: '/bucket/key', headers })

describe.each([...CHECKSUM_ALGORITHMS])('%s', (algorithm) => {
  const name = `x-amz-checksum-${algorithm.toLowerCase()}`

  it('is computed where it is asked for, kept, and checked where it is given', async () => {
    const asked = await put([['x-amz-checksum-algorithm', algorithm]])
    const value = header(asked, name) ?? ''
    const known = OF_123456789[algorithm]
    if (known !== undefined) expect(value).toBe(base64(known))
    expect(header(asked, 'x-amz-checksum-type')).toBe('FULL_OBJECT')
    const given = await put([
      [name, value],
      ['x-amz-sdk-checksum-algorithm', algorithm],
    ])
    expect(header(given, name)).toBe(value)
    for (const method of ['GET', 'HEAD']) {
      const response = await read(undefined, method)
      expect(header(response, name)).toBe(value)
      expect(header(response, 'x-amz-checksum-type')).toBe('FULL_OBJECT')
      expect(header(await read([], method), name)).toBeUndefined()
    }
    const part = await read([
      ['x-amz-checksum-mode', 'ENABLED'],
      ['Range', 'bytes=0-1'],
    ])
    expect(header(part, name)).toBeUndefined()
    const wrong = Buffer.from(value, 'base64')
    wrong[0] = (wrong[0] ?? 0) ^ 1
    expect(errorCode(await put([[name, wrong.toString('base64')]]))).toBe('BadDigest')
    const listed = text(await backend.send({ method: 'GET', target: '/bucket' }))
    expect(listed).toContain(
      `<ChecksumAlgorithm>${algorithm}</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>`,
    )
    const attributes = await backend.send({
      method: 'GET',
      target: '/bucket/key?attributes',
      headers: [['x-amz-object-attributes', 'ETag,Checksum,ObjectSize,StorageClass,ObjectParts']],
    })
    expect(text(attributes)).toContain(
      `<ETag>25f9e794323b453885f5181f1b624d0b</ETag><Checksum><Checksum${algorithm}>${value}</Checksum${algorithm}><ChecksumType>FULL_OBJECT</ChecksumType></Checksum><StorageClass>STANDARD</StorageClass><ObjectSize>9</ObjectSize>`,
    )
  })

  it('goes along with a copy, or is exchanged for another', async () => {
    const value = header(await put([['x-amz-checksum-algorithm', algorithm]]), name)
    const copy = (headers: RawHeaders) =>
      backend.send({
        method: 'PUT',
        target: '/bucket/copy',
        headers: [['x-amz-copy-source', 'bucket/key'], ...headers],
      })
    expect(text(await copy([]))).toContain(`<Checksum${algorithm}>${value}</Checksum${algorithm}>`)
    expect(text(await copy([['x-amz-checksum-algorithm', 'SHA1']]))).toContain(
      `<ChecksumSHA1>${base64(OF_123456789.SHA1 ?? '')}</ChecksumSHA1>`,
    )
  })
})

describe('of a multipart upload', () => {
  const parts = [randomBytes(5 * 1024 * 1024), randomBytes(100)] as const
  const crc = (data: Buffer): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(crc32(data))
    return bytes
  }

  async function begin(headers: RawHeaders) {
    const created = await backend.send({ method: 'POST', target: '/bucket/multi?uploads', headers })
    const id = /<UploadId>([^<]+)</.exec(text(created))?.[1]
    return { created, target: (query: string) => `/bucket/multi?${query}uploadId=${id}` }
  }
  async function finish(headers: RawHeaders, ofParts: readonly string[], completing: RawHeaders = []) {
    const { target } = await begin(headers)
    const xml: string[] = []
    for (const [index, body] of parts.entries()) {
      const response = await backend.send({ method: 'PUT', target: target(`partNumber=${index + 1}&`), body })
      xml.push(
        `<Part><PartNumber>${index + 1}</PartNumber><ETag>${header(response, 'etag')}</ETag>${ofParts[index] ?? ''}</Part>`,
      )
    }
    return backend.send({
      method: 'POST',
      target: target(''),
      body: `<CompleteMultipartUpload>${xml.join('')}</CompleteMultipartUpload>`,
      headers: completing,
    })
  }
  const ofParts = parts.map((data) => `<ChecksumCRC32>${crc(data).toString('base64')}</ChecksumCRC32>`)
  const composite = `${crc(Buffer.concat(parts.map(crc))).toString('base64')}-2`
  const full = crc(Buffer.concat(parts)).toString('base64')

  it('is composite by default', async () => {
    const completed = await finish([['x-amz-checksum-algorithm', 'CRC32']], ofParts)
    expect(text(completed)).toContain(
      `<ChecksumCRC32>${composite}</ChecksumCRC32><ChecksumType>COMPOSITE</ChecksumType>`,
    )
    const got = await backend.send({
      method: 'HEAD',
      target: '/bucket/multi',
      headers: [['x-amz-checksum-mode', 'ENABLED']],
    })
    expect(header(got, 'x-amz-checksum-crc32')).toBe(composite)
    const attributes = await backend.send({
      method: 'GET',
      target: '/bucket/multi?attributes',
      headers: [
        ['x-amz-object-attributes', 'Checksum'],
        ['x-amz-max-parts', '1'],
      ],
    })
    expect(text(attributes)).toContain(`<ChecksumCRC32>${composite.slice(0, -2)}</ChecksumCRC32>`)
    const told = await backend.send({
      method: 'GET',
      target: '/bucket/multi?attributes',
      headers: [
        ['x-amz-object-attributes', 'ObjectParts'],
        ['x-amz-max-parts', '1'],
        ['x-amz-part-number-marker', '1'],
      ],
    })
    expect(text(told)).toContain(
      '<ObjectParts><PartsCount>2</PartsCount><PartNumberMarker>1</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>1</MaxParts><IsTruncated>false</IsTruncated>' +
        `<Part><PartNumber>2</PartNumber><Size>100</Size>${ofParts[1]}</Part></ObjectParts>`,
    )
  })

  it('is of the full object where that is asked', async () => {
    const asked: RawHeaders = [
      ['x-amz-checksum-algorithm', 'CRC32'],
      ['x-amz-checksum-type', 'FULL_OBJECT'],
    ]
    const completed = await finish(asked, [], [['x-amz-checksum-crc32', full]])
    expect(text(completed)).toContain(
      `<ChecksumCRC32>${full}</ChecksumCRC32><ChecksumType>FULL_OBJECT</ChecksumType>`,
    )
    expect(errorCode(await finish(asked, [], [['x-amz-checksum-crc32', 'AAAAAA==']]))).toBe('BadDigest')
    expect(errorCode(await finish(asked, [], [['x-amz-checksum-type', 'COMPOSITE']]))).toBe('InvalidRequest')
  })

  it('must be told of each part where it is composite', async () => {
    expect(errorCode(await finish([['x-amz-checksum-algorithm', 'CRC32']], [ofParts[0] ?? '']))).toBe(
      'InvalidRequest',
    )
    expect(
      errorCode(
        await finish(
          [['x-amz-checksum-algorithm', 'CRC32']],
          ['<ChecksumCRC32>AAAAAA==</ChecksumCRC32>', ofParts[1] ?? ''],
        ),
      ),
    ).toBe('InvalidPart')
  })

  it.each([
    [
      ['x-amz-checksum-algorithm', 'CRC64NVME'],
      ['x-amz-checksum-type', 'COMPOSITE'],
    ],
    [
      ['x-amz-checksum-algorithm', 'SHA256'],
      ['x-amz-checksum-type', 'FULL_OBJECT'],
    ],
    [['x-amz-checksum-type', 'FULL_OBJECT']],
    [['x-amz-checksum-algorithm', 'CRC16']],
  ] as RawHeaders[])('cannot be %j', async (...headers) => {
    expect(errorCode((await begin(headers as unknown as RawHeaders)).created)).toBe('InvalidRequest')
  })

  it('is of one algorithm', async () => {
    const { target } = await begin([['x-amz-checksum-algorithm', 'SHA1']])
    const response = await backend.send({
      method: 'PUT',
      target: target('partNumber=1&'),
      body: '123456789',
      headers: [['x-amz-checksum-crc32', base64('cbf43926')]],
    })
    expect(errorCode(response)).toBe('InvalidRequest')
  })
})
