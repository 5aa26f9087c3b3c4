import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { header, type RawHeaders } from '../support/raw-http.ts'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

const MIB = 1024 * 1024
const FIRST = randomBytes(5 * MIB)
const SECOND = randomBytes(5 * MIB + 1)
const LAST = randomBytes(10)
const WHOLE = Buffer.concat([FIRST, SECOND, LAST])

const md5 = (data: Buffer): Buffer => createHash('md5').update(data).digest()
const ETAG = `${md5(Buffer.concat([FIRST, SECOND, LAST].map(md5))).toString('hex')}-3`

let backend: TestBackend
beforeAll(async () => {
  backend = await startBackend()
  await backend.send({ method: 'PUT', target: '/bucket' })
})
afterAll(async () => {
  expect(backend.faults).toEqual([])
  await backend[Symbol.asyncDispose]()
})

async function create(key: string, headers: RawHeaders = []): Promise<string> {
  const response = await backend.send({ method: 'POST', target: `/bucket/${key}?uploads`, headers })
  expect(response.status).toBe(200)
  return /<UploadId>([^<]+)</.exec(text(response))?.[1] ?? ''
}
const upload = (key: string, id: string, number: number, body: Buffer, headers: RawHeaders = []) =>
  backend.send({ method: 'PUT', target: `/bucket/${key}?partNumber=${number}&uploadId=${id}`, body, headers })
const part = (number: number, etag: string, more = '') =>
  `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag>${more}</Part>`
const complete = (key: string, id: string, parts: readonly string[], headers: RawHeaders = []) =>
  backend.send({
    method: 'POST',
    target: `/bucket/${key}?uploadId=${id}`,
    body: `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
    headers,
  })
async function uploadAll(
  key: string,
  id: string,
  bodies: Readonly<Record<number, Buffer>>,
): Promise<string[]> {
  const parts: string[] = []
  for (const [number, body] of Object.entries(bodies)) {
    const response = await upload(key, id, Number(number), body)
    parts.push(part(Number(number), `"${header(response, 'etag')?.slice(1, -1)}"`))
  }
  return parts
}

describe('a multipart upload', () => {
  it('becomes one object, with what was said of it at its start', async () => {
    const id = await create('whole', [
      ['Content-Type', 'text/plain'],
      ['x-amz-meta-a', 'b'],
      ['x-amz-tagging', 't=1'],
    ])
    const parts = await uploadAll('whole', id, { 1: FIRST, 7: SECOND, 9: LAST })
    const completed = await complete('whole', id, parts, [['x-amz-mp-object-size', String(WHOLE.length)]])
    expect(text(completed)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        `<Location>${backend.endpoint}/bucket/whole</Location><Bucket>bucket</Bucket><Key>whole</Key><ETag>&quot;${ETAG}&quot;</ETag></CompleteMultipartUploadResult>`,
    )
    const got = await backend.send({ method: 'GET', target: '/bucket/whole' })
    expect(got.body.equals(WHOLE)).toBe(true)
    expect(Object.fromEntries(got.headers)).toMatchObject({
      etag: `"${ETAG}"`,
      'content-type': 'text/plain',
      'x-amz-meta-a': 'b',
      'x-amz-tagging-count': '1',
    })
    const across = await backend.send({
      method: 'GET',
      target: '/bucket/whole',
      headers: [['Range', `bytes=${5 * MIB - 2}-${10 * MIB + 3}`]],
    })
    expect(across.body.equals(WHOLE.subarray(5 * MIB - 2, 10 * MIB + 4))).toBe(true)
    const second = await backend.send({ method: 'GET', target: '/bucket/whole?partNumber=7' })
    expect(second.status).toBe(206)
    expect(second.body.equals(SECOND)).toBe(true)
    expect(header(second, 'x-amz-mp-parts-count')).toBe('3')
    expect(header(second, 'content-range')).toBe(`bytes ${5 * MIB}-${10 * MIB}/${WHOLE.length}`)
    const none = await backend.send({ method: 'GET', target: '/bucket/whole?partNumber=2' })
    expect([none.status, errorCode(none)]).toEqual([416, 'InvalidPartNumber'])
    expect(errorCode(await complete('whole', id, parts))).toBe('NoSuchUpload')
  })

  it('is not seen before it is complete, nor after it was aborted', async () => {
    const id = await create('aborted')
    await upload('aborted', id, 1, LAST)
    expect((await backend.send({ method: 'HEAD', target: '/bucket/aborted' })).status).toBe(404)
    const abort = { method: 'DELETE', target: `/bucket/aborted?uploadId=${id}` }
    expect((await backend.send(abort)).status).toBe(204)
    expect(errorCode(await backend.send(abort))).toBe('NoSuchUpload')
    expect(errorCode(await upload('aborted', id, 1, LAST))).toBe('NoSuchUpload')
  })

  it('takes the last of two parts of one number', async () => {
    const id = await create('again')
    await upload('again', id, 1, Buffer.from('first try'))
    const [second] = await uploadAll('again', id, { 1: LAST })
    expect((await complete('again', id, [second ?? ''])).status).toBe(200)
    expect((await backend.send({ method: 'GET', target: '/bucket/again' })).body.equals(LAST)).toBe(true)
  })

  it('is judged whole', async () => {
    const id = await create('judged')
    const [first = '', small = '', last = ''] = await uploadAll('judged', id, { 1: FIRST, 2: LAST, 3: LAST })
    const cases: [string, readonly string[], RawHeaders][] = [
      ['MalformedXML', [], []],
      ['MalformedXML', ['<Part><PartNumber>1</PartNumber></Part>'], []],
      ['InvalidPartOrder', [last, first], []],
      ['InvalidPartOrder', [first, first], []],
      ['InvalidPart', [first, part(4, '"x"')], []],
      ['InvalidPart', [part(1, '"x"')], []],
      ['EntityTooSmall', [small, last], []],
      ['InvalidRequest', [first], [['x-amz-mp-object-size', '1']]],
      ['NoSuchKey', [first], [['If-Match', '"x"']]],
    ]
    for (const [code, parts, headers] of cases) {
      expect(errorCode(await complete('judged', id, parts, headers))).toBe(code)
    }
    await backend.send({ method: 'PUT', target: '/bucket/judged', body: 'there first' })
    expect(errorCode(await complete('judged', id, [first], [['If-None-Match', '*']]))).toBe(
      'PreconditionFailed',
    )
    expect((await complete('judged', id, [first, small])).status).toBe(200)
    expect((await backend.send({ method: 'GET', target: '/bucket/judged' })).body.length).toBe(5 * MIB + 10)
  })

  it.each([
    ['InvalidArgument', 'partNumber=0&uploadId=x'],
    ['InvalidArgument', 'partNumber=10001&uploadId=x'],
    ['NoSuchUpload', 'partNumber=1&uploadId=x'],
  ])('refuses with %s a part at %s', async (code, query) => {
    expect(errorCode(await backend.send({ method: 'PUT', target: `/bucket/p?${query}`, body: 'x' }))).toBe(
      code,
    )
  })

  it('keeps its bucket from going', async () => {
    await backend.send({ method: 'PUT', target: '/pending' })
    await backend.send({ method: 'POST', target: '/pending/k?uploads' })
    expect(errorCode(await backend.send({ method: 'DELETE', target: '/pending' }))).toBe('BucketNotEmpty')
  })
})

describe('ListParts', () => {
  it('goes page by page', async () => {
    const id = await create('parts')
    for (const number of [3, 1, 10_000]) await upload('parts', id, number, LAST)
    const list = async (query = '') =>
      text(await backend.send({ method: 'GET', target: `/bucket/parts?uploadId=${id}${query}` }))
    const numbers = (xml: string) => [...xml.matchAll(/<PartNumber>(\d+)</g)].map((match) => Number(match[1]))
    expect(numbers(await list())).toEqual([1, 3, 10_000])
    const page = await list('&max-parts=2')
    expect(numbers(page)).toEqual([1, 3])
    expect(page).toContain(
      '<PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>3</NextPartNumberMarker><MaxParts>2</MaxParts><IsTruncated>true</IsTruncated>',
    )
    const rest = await list('&part-number-marker=3')
    expect(numbers(rest)).toEqual([10_000])
    expect(rest).toContain('<IsTruncated>false</IsTruncated>')
    expect(rest).toContain(`<ETag>&quot;${md5(LAST).toString('hex')}&quot;</ETag><Size>10</Size></Part>`)
  })
})

describe('ListMultipartUploads', () => {
  it('goes page by page, grouped, oldest first', async () => {
    await backend.send({ method: 'PUT', target: '/uploads' })
    const ids: string[] = []
    for (const key of ['a', 'a', 'b/1', 'b/2', 'c']) {
      const response = await backend.send({ method: 'POST', target: `/uploads/${key}?uploads` })
      ids.push(`${key} ${/<UploadId>([^<]+)</.exec(text(response))?.[1]}`)
    }
    const list = async (query: string) =>
      text(await backend.send({ method: 'GET', target: `/uploads?uploads${query}` }))
    const found = (xml: string) =>
      [...xml.matchAll(/<Upload><Key>([^<]*)<\/Key><UploadId>([^<]*)</g)].map(([, key, id]) => `${key} ${id}`)
    expect(found(await list(''))).toEqual(ids)
    for (const limit of [1, 2, 3]) {
      const all: string[] = []
      let query = ''
      for (let pages = 0; pages < 6; pages++) {
        const xml = await list(`&max-uploads=${limit}${query}`)
        all.push(...found(xml))
        const next = /<NextKeyMarker>([^<]*)<\/NextKeyMarker><NextUploadIdMarker>([^<]*)</.exec(xml)
        if (next === null) break
        query = `&key-marker=${encodeURIComponent(next[1] ?? '')}&upload-id-marker=${next[2]}`
      }
      expect(all).toEqual(ids)
    }
    const grouped = await list('&delimiter=%2F&max-uploads=3')
    expect(grouped).toContain('<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>')
    expect(grouped).toContain('<NextKeyMarker>b/</NextKeyMarker><NextUploadIdMarker></NextUploadIdMarker>')
    expect(found(await list('&delimiter=%2F&key-marker=b%2F'))).toEqual([ids[4]])
  })
})
