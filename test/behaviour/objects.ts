/** Objects: bytes in, the same bytes out. */
import { createHash, randomBytes } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeKey } from '../support/reference-signer.ts'
import { canKeep } from './capabilities.ts'
import { call, element, header, makeBucket, verdict, type WorldOf } from './world.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** Keys that trip what normalises, trims, joins or decodes twice. */
export const ODD_KEYS: readonly (readonly [name: string, key: string])[] = [
  ['a space', 'with space'],
  ['a leading space', ' leading'],
  ['a plus', 'a+b'],
  ['a percent', '100%'],
  ['what looks encoded', 'a%20b%2Fc'],
  ['an umlaut', 'über'],
  ['a decomposed umlaut', 'u\u0308ber'],
  ['an emoji', '😀/🦊.txt'],
  ['two slashes', 'a//b'],
  ['only slashes', '//'],
  ['a leading slash', '/leading'],
  ['a trailing slash', 'folder/'],
  ['a leading dot', '.hidden'],
  ['three dots', 'a/.../b'],
  ['quotes', `it's "quoted"`],
  ['markup', '<a>&amp;</a>'],
  ['a backslash', 'a\\b'],
  ['query characters', 'a?b=c&d#e'],
  ['punctuation', "!*();:@$,[]{}|^`~'"],
  ['a number', '007'],
  ['1000 characters', 'k'.repeat(1000)],
  ['1024 bytes', `${'ü'.repeat(500)}${'x'.repeat(24)}`],
]

export function objects(worldOf: WorldOf): void {
  let bucket: string
  const path = (key: string) => `/${bucket}/${encodeKey(key)}`

  describe('objects', () => {
    beforeAll(async () => {
      bucket = await makeBucket(worldOf())
    })

    test.for([
      ['0 B', 0],
      ['1 B', 1],
      ['64 KiB', 64 * KIB],
      ['1 MiB', MIB],
      ['1 MiB and one', MIB + 1],
      ['6 MiB', 6 * MIB],
    ] as const)('%s come back as they went', async ([name, size]) => {
      const world = worldOf()
      const body = randomBytes(size)
      const etag = `"${createHash('md5').update(body).digest('hex')}"`
      const put = await call(world, { method: 'PUT', target: path(name), body })
      expect(put.status).toBe(200)
      expect(header(put, 'etag')).toBe(etag)
      const got = await call(world, { method: 'GET', target: path(name) })
      expect(got.body.equals(body)).toBe(true)
      expect(header(got, 'etag')).toBe(etag)
      expect(header(got, 'content-length')).toBe(String(size))
      const head = await call(world, { method: 'HEAD', target: path(name) })
      expect([head.status, header(head, 'content-length'), header(head, 'etag')]).toEqual([
        200,
        String(size),
        etag,
      ])
      expect(header(head, 'last-modified')).toMatch(/ GMT$/)
    })

    test.for(ODD_KEYS)('a key with %s', async ([name, key]) => {
      const world = worldOf()
      const body = `the bytes of ${name}`
      if (!canKeep(world.can, key)) {
        for (const method of ['PUT', 'GET', 'DELETE']) {
          const response = await call(world, {
            method,
            target: path(key),
            body: method === 'PUT' ? body : '',
          })
          expect([method, verdict(response)]).toEqual([method, '501 NotImplemented'])
        }
        return
      }
      expect(verdict(await call(world, { method: 'PUT', target: path(key), body }))).toBe('200')
      expect((await call(world, { method: 'GET', target: path(key) })).body.toString()).toBe(body)
      const listed = await world.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }))
      expect(listed.Contents?.map(({ Key }) => Key)).toContain(key)
      expect((await call(world, { method: 'DELETE', target: path(key) })).status).toBe(204)
      expect(verdict(await call(world, { method: 'GET', target: path(key) }))).toBe('404 NoSuchKey')
    })

    test.for(ODD_KEYS.filter(([, key]) => !key.startsWith('/') && key !== '//'))(
      'the SDK and raw requests mean the same key: %s',
      async ([, Key], { skip }) => {
        const world = worldOf()
        skip(!canKeep(world.can, Key), 'refused, as shown above')
        await world.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'by the SDK' }))
        expect((await call(world, { method: 'GET', target: path(Key) })).body.toString()).toBe('by the SDK')
        await world.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
      },
    )

    test('an overwrite replaces, also by nothing', async () => {
      const world = worldOf()
      for (const body of ['first', 'second, longer', '']) {
        expect((await call(world, { method: 'PUT', target: path('again'), body })).status).toBe(200)
        expect((await call(world, { method: 'GET', target: path('again') })).body.toString()).toBe(body)
      }
    })

    test('a delete of what is not there is fine', async () => {
      expect((await call(worldOf(), { method: 'DELETE', target: path('never') })).status).toBe(204)
    })

    test('a key of 1025 bytes is too long', async () => {
      const response = await call(worldOf(), { method: 'PUT', target: path('k'.repeat(1025)), body: 'x' })
      expect(verdict(response)).toBe('400 KeyTooLongError')
    })

    test('a key that is not there: GET with XML, HEAD without', async () => {
      const world = worldOf()
      const got = await call(world, { method: 'GET', target: path('none') })
      expect(verdict(got)).toBe('404 NoSuchKey')
      expect(element(got, 'Key')).toBe('none')
      expect(header(got, 'content-type')).toBe('application/xml')
      const head = await call(world, { method: 'HEAD', target: path('none') })
      expect([head.status, head.body.length]).toEqual([404, 0])
    })

    describe('ranges', () => {
      const bytes = Buffer.from('0123456789')
      beforeAll(async () => {
        await call(worldOf(), { method: 'PUT', target: path('digits'), body: bytes })
      })

      test.for([
        ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
        ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
        ['bytes=7-', 206, '789', 'bytes 7-9/10'],
        ['bytes=-3', 206, '789', 'bytes 7-9/10'],
        ['bytes=5-100', 206, '56789', 'bytes 5-9/10'],
        ['bytes=-100', 206, '0123456789', 'bytes 0-9/10'],
      ] as const)('%s', async ([range, status, body, contentRange]) => {
        const got = await call(worldOf(), {
          method: 'GET',
          target: path('digits'),
          headers: [['Range', range]],
        })
        expect([got.status, got.body.toString(), header(got, 'content-range')]).toEqual([
          status,
          body,
          contentRange,
        ])
        expect(header(got, 'content-length')).toBe(String(body.length))
      })

      test('bytes=10- is not satisfiable', async () => {
        const got = await call(worldOf(), {
          method: 'GET',
          target: path('digits'),
          headers: [['Range', 'bytes=10-']],
        })
        expect(verdict(got)).toBe('416 InvalidRange')
      })
    })

    describe('conditions', () => {
      let etag: string
      let modified: string
      beforeAll(async () => {
        await call(worldOf(), { method: 'PUT', target: path('conditional'), body: 'value' })
        const head = await call(worldOf(), { method: 'HEAD', target: path('conditional') })
        etag = header(head, 'etag') ?? ''
        modified = header(head, 'last-modified') ?? ''
      })
      const shifted = (hours: number): string =>
        new Date(Date.parse(modified) + hours * 3_600_000).toUTCString()

      const cases: readonly (readonly [name: string, value: () => string, status: number])[] = [
        ['If-Match', () => etag, 200],
        ['If-Match', () => '"other"', 412],
        ['If-None-Match', () => etag, 304],
        ['If-None-Match', () => '"other"', 200],
        ['If-Modified-Since', () => shifted(-1), 200],
        ['If-Modified-Since', () => modified, 304],
        ['If-Unmodified-Since', () => modified, 200],
        ['If-Unmodified-Since', () => shifted(-1), 412],
      ]
      test.for(cases)('GET and HEAD with %s (%#)', async ([name, value, status]) => {
        for (const method of ['GET', 'HEAD']) {
          const response = await call(worldOf(), {
            method,
            target: path('conditional'),
            headers: [[name, value()]],
          })
          expect([method, response.status]).toEqual([method, status])
        }
      })

      test('PUT with If-None-Match: * does not overwrite', async ({ skip }) => {
        const world = worldOf()
        skip(!world.can.conditionalWrites)
        const put = (key: string, name: string, value: string) =>
          call(world, { method: 'PUT', target: path(key), headers: [[name, value]], body: 'new' })
        expect(verdict(await put('conditional', 'If-None-Match', '*'))).toBe('412 PreconditionFailed')
        expect((await call(world, { method: 'GET', target: path('conditional') })).body.toString()).toBe(
          'value',
        )
        expect(verdict(await put('brand-new', 'If-None-Match', '*'))).toBe('200')
        expect(verdict(await put('brand-new', 'If-Match', '"other"'))).toBe('412 PreconditionFailed')
      })
    })

    describe('metadata', () => {
      test('system headers and user metadata come back', async () => {
        const world = worldOf()
        const input = {
          Bucket: bucket,
          Key: 'meta',
          ContentType: 'text/x-odd; charset=utf-8',
          CacheControl: 'max-age=60',
          ContentDisposition: 'attachment; filename="ü.txt"'.replace('ü', 'u'),
          ContentEncoding: 'gzip',
          ContentLanguage: 'de-CH',
          Metadata: { plain: 'value', 'with-dash': '  inner  spaces' },
        }
        await world.s3.send(new PutObjectCommand({ ...input, Body: 'x' }))
        const head = await world.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'meta' }))
        expect(head).toMatchObject({
          ContentType: input.ContentType,
          CacheControl: input.CacheControl,
          ContentDisposition: input.ContentDisposition,
          ContentEncoding: 'gzip',
          ContentLanguage: 'de-CH',
        })
        expect(head.Metadata?.plain).toBe('value')
        expect(head.Metadata?.['with-dash']?.trim()).toBe('inner  spaces')
      })

      test.for([
        ['UTF-8', Buffer.from('Zürich 😀', 'utf8').toString('latin1'), ['any', 'utf-8']],
        ['latin1', 'Z\u00fcrich', ['any']],
        ['invalid UTF-8', 'a\u00c3\u0028b', ['any']],
      ] as const)('%s bytes in a metadata value are signed and kept', async ([name, value, keepers]) => {
        const world = worldOf()
        const key = `meta ${name}`
        const put = await call(world, {
          method: 'PUT',
          target: path(key),
          headers: [['x-amz-meta-town', value]],
          body: 'x',
        })
        expect(put.status).toBe(200)
        const head = await call(world, { method: 'HEAD', target: path(key) })
        const kept = header(head, 'x-amz-meta-town') ?? ''
        if ((keepers as readonly string[]).includes(world.can.metadata)) expect(kept).toBe(value)
        else expect(decodeWord(kept).toString('latin1')).toBe(value)
      })

      test('response-* parameters replace headers', async () => {
        const world = worldOf()
        const got = await call(world, {
          method: 'GET',
          target: `${path('meta')}?response-content-type=application%2Fpdf&response-cache-control=no-store`,
        })
        expect([header(got, 'content-type'), header(got, 'cache-control')]).toEqual([
          'application/pdf',
          'no-store',
        ])
      })

      test('the SDK streams a body out', async () => {
        const world = worldOf()
        const body = randomBytes(MIB)
        await world.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'stream', Body: body }))
        const got = await world.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'stream' }))
        expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true)
      })
    })
  })
}

/** The bytes of an encoded word. https://www.rfc-editor.org/rfc/rfc2047#section-2 */
function decodeWord(text: string): Buffer {
  const [, encoding = '', encoded = ''] = /^=\?utf-8\?([bq])\?([^?]*)\?=$/i.exec(text) ?? []
  if (encoding.toLowerCase() === 'b') return Buffer.from(encoded, 'base64')
  const plain = encoded.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16))
  })
  return Buffer.from(plain, 'latin1')
}
