/** Every way an upload may be authenticated: presigned, form, aws-chunked, `KEY@project`. */
import { createHash, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { send } from '../support/raw-http.ts'
import { encodeKey } from '../support/reference-signer.ts'
import {
  type ChunkMode,
  type ChunkOptions,
  chunked,
  FILENAME,
  FORM_BOUNDARY,
  postForm,
  presigned,
  signed,
} from '../support/s3-request.ts'
import { canKeep } from './capabilities.ts'
import { ALGORITHMS, checksum } from './checksums.ts'
import { ODD_KEYS } from './objects.ts'
import { call, element, header, makeBucket, verdict, type WorldOf } from './world.ts'

const [CRC32] = ALGORITHMS

export function uploads(worldOf: WorldOf): void {
  let bucket: string
  const get = async (key: string) =>
    (await call(worldOf(), { method: 'GET', target: `/${bucket}/${encodeKey(key)}` })).body

  describe('authentication of uploads and downloads', () => {
    beforeAll(async () => {
      bucket = await makeBucket(worldOf())
    })

    describe('presigned', () => {
      test.for(ODD_KEYS)('PUT and GET of a key with %s', async ([, key], { skip }) => {
        const { gate, credentials, can } = worldOf()
        skip(!canKeep(can, key), 'the store has no such keys')
        const target = `/${bucket}/${encodeKey(key)}`
        const put = presigned(credentials, { method: 'PUT', target, body: key }, { host: gate.host })
        expect((await send(gate.port, put)).status).toBe(200)
        const got = await send(
          gate.port,
          presigned(credentials, { method: 'GET', target }, { host: gate.host }),
        )
        expect(got.body.toString()).toBe(key)
      })

      test('HEAD and DELETE, and signed headers', async () => {
        const { gate, credentials } = worldOf()
        const target = `/${bucket}/presigned`
        const put = presigned(
          credentials,
          { method: 'PUT', target, body: 'x', headers: [['x-amz-meta-a', 'signed']] },
          { host: gate.host },
        )
        expect((await send(gate.port, put)).status).toBe(200)
        const head = await send(
          gate.port,
          presigned(credentials, { method: 'HEAD', target }, { host: gate.host }),
        )
        expect([head.status, header(head, 'x-amz-meta-a')]).toEqual([200, 'signed'])
        const remove = presigned(credentials, { method: 'DELETE', target }, { host: gate.host })
        expect((await send(gate.port, remove)).status).toBe(204)
      })

      test('hoisted headers act as headers', async () => {
        const { gate, credentials } = worldOf()
        const target = `/${bucket}/hoisted?x-amz-meta-a=moved&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-id=PutObject`
        const put = presigned(credentials, { method: 'PUT', target, body: 'not empty' }, { host: gate.host })
        expect(verdict(await send(gate.port, put))).toBe('200')
        const head = await call(worldOf(), { method: 'HEAD', target: `/${bucket}/hoisted` })
        expect(header(head, 'x-amz-meta-a')).toBe('moved')
        expect((await get('hoisted')).toString()).toBe('not empty')
      })

      test('expired', async () => {
        const { gate, credentials } = worldOf()
        const late = presigned(
          credentials,
          { method: 'GET', target: `/${bucket}/k` },
          { host: gate.host, at: Date.now() - 61_000, expires: 60 },
        )
        const response = await send(gate.port, late)
        expect([verdict(response), element(response, 'Message')]).toEqual([
          '403 AccessDenied',
          'Request has expired',
        ])
      })
    })

    describe('POST form', () => {
      test('a file with its key, type, metadata and status', async () => {
        const { gate, credentials } = worldOf()
        const file = randomBytes(100_000)
        const form = postForm(credentials, {
          host: gate.host,
          bucket,
          fields: [
            ['key', `forms/${FILENAME}`],
            ['Content-Type', 'image/x-test'],
            ['x-amz-meta-a', 'form'],
            ['success_action_status', '201'],
          ],
          file,
        })
        const response = await send(gate.port, form)
        expect([response.status, element(response, 'Key'), element(response, 'Bucket')]).toEqual([
          201,
          'forms/upload.bin',
          bucket,
        ])
        expect((await get('forms/upload.bin')).equals(file)).toBe(true)
        const head = await call(worldOf(), { method: 'HEAD', target: `/${bucket}/forms/upload.bin` })
        expect([header(head, 'content-type'), header(head, 'x-amz-meta-a')]).toEqual(['image/x-test', 'form'])
      })

      test('204 by default, and a file of nothing', async () => {
        const { gate, credentials } = worldOf()
        const form = postForm(credentials, {
          host: gate.host,
          bucket,
          fields: [['key', 'empty form']],
          file: '',
        })
        expect((await send(gate.port, form)).status).toBe(204)
        expect((await get('empty form')).length).toBe(0)
      })

      const END = `\r\n--${FORM_BOUNDARY}--`
      const SUBMIT = `\r\n--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="submit"\r\n\r\nUpload`
      const HELD = 8 * 1024 * 1024
      test.for([
        ['fields behind the file', 300_000, `${SUBMIT}${END}\r\n`, 204],
        ['no end of the last line', 300_000, END, 204],
        ['something behind it all', 300_000, `${END}\r\nfarewell`, 204],
        ['a file that is long', HELD + 300_000, `${END}\r\n`, 204],
        ['a file that is long, with fields behind it', HELD + 300_000, `${SUBMIT}${END}\r\n`, 400],
        ['a file that is long, and no end of the last line', HELD + 300_000, END, 400],
      ] as const)('%s', async ([title, size, closing, status]) => {
        const { credentials, gate } = worldOf()
        const file = randomBytes(size)
        const form = postForm(credentials, {
          host: gate.host,
          bucket,
          fields: [['key', title]],
          file,
          closing,
        })
        const response = await send(gate.port, form)
        expect(response.status).toBe(status)
        if (status === 204) expect((await get(title)).equals(file)).toBe(true)
        else {
          expect(element(response, 'Code')).toBe('MalformedPOSTRequest')
          const head = await call(worldOf(), {
            method: 'HEAD',
            target: `/${bucket}/${encodeURIComponent(title)}`,
          })
          expect(head.status).toBe(404)
        }
      })

      test('a redirect to where the form says', async () => {
        const { gate, credentials } = worldOf()
        const form = postForm(credentials, {
          host: gate.host,
          bucket,
          fields: [
            ['key', 'redirected'],
            ['success_action_redirect', 'http://example.com/done'],
          ],
          file: 'x',
        })
        const response = await send(gate.port, form)
        expect(response.status).toBe(303)
        const location = new URL(header(response, 'location') ?? '')
        expect([
          location.host,
          location.searchParams.get('bucket'),
          location.searchParams.get('key'),
        ]).toEqual(['example.com', bucket, 'redirected'])
      })
    })

    describe('aws-chunked', () => {
      const modes: readonly ChunkMode[] = ['signed', 'signed-trailer', 'unsigned-trailer']
      const sizes = [0, 1, 8192, 65_536, 200_001, 1024 * 1024]

      describe.for(modes)('%s', (mode) => {
        test.for(sizes)('%i bytes', async (size) => {
          const { gate, credentials } = worldOf()
          const body = randomBytes(size)
          const key = `chunked ${mode} ${size}`
          const options: ChunkOptions = {
            host: gate.host,
            mode,
            trailers: mode === 'signed' ? [] : [['x-amz-checksum-crc32', await checksum(CRC32!, body)]],
          }
          const { request } = chunked(
            credentials,
            { method: 'PUT', target: `/${bucket}/${encodeKey(key)}`, body },
            options,
          )
          const response = await send(gate.port, request)
          expect(verdict(response)).toBe('200')
          expect(header(response, 'etag')).toBe(`"${createHash('md5').update(body).digest('hex')}"`)
          expect((await get(key)).equals(body)).toBe(true)
        })

        test('with Transfer-Encoding, without Content-Encoding, and with one of the object', async () => {
          const { gate, credentials } = worldOf()
          const body = randomBytes(70_000)
          const trailers: ChunkOptions['trailers'] =
            mode === 'signed' ? [] : [['x-amz-checksum-crc32', await checksum(CRC32!, body)]]
          for (const [key, variation, encoding] of [
            ['te', { framing: 'chunked' }, undefined],
            ['no encoding', { contentEncoding: null }, undefined],
            ['gzip', { contentEncoding: 'gzip,aws-chunked' }, 'gzip'],
          ] as const) {
            const { request } = chunked(
              credentials,
              { method: 'PUT', target: `/${bucket}/${encodeKey(key)}`, body },
              { host: gate.host, mode, trailers, ...variation },
            )
            expect([key, verdict(await send(gate.port, request))]).toEqual([key, '200'])
            expect((await get(key)).equals(body)).toBe(true)
            const head = await call(worldOf(), { method: 'HEAD', target: `/${bucket}/${encodeKey(key)}` })
            expect([key, header(head, 'content-encoding')]).toEqual([key, encoding])
          }
        })
      })

      test.for(ALGORITHMS)('a trailing %s: right and wrong', async (algorithm) => {
        const { gate, credentials } = worldOf()
        const target = `/${bucket}/trailing-${algorithm[0]}`
        for (const [data, expected] of [
          ['other', '400 BadDigest'],
          ['data', '200'],
        ] as const) {
          const { request } = chunked(
            credentials,
            { method: 'PUT', target, body: 'data' },
            {
              host: gate.host,
              mode: 'unsigned-trailer',
              trailers: [[`x-amz-checksum-${algorithm[0]}`, await checksum(algorithm, data)]],
            },
          )
          expect(verdict(await send(gate.port, request))).toBe(expected)
          const head = await call(worldOf(), { method: 'HEAD', target })
          expect(head.status).toBe(expected === '200' ? 200 : 404)
        }
      })
    })

    describe('payload modes', () => {
      test('UNSIGNED-PAYLOAD', async () => {
        const response = await call(
          worldOf(),
          { method: 'PUT', target: `/${bucket}/unsigned`, body: 'free' },
          { payload: 'UNSIGNED-PAYLOAD' },
        )
        expect(verdict(response)).toBe('200')
        expect((await get('unsigned')).toString()).toBe('free')
      })

      test('Transfer-Encoding without a length is refused', async () => {
        const response = await call(
          worldOf(),
          {
            method: 'PUT',
            target: `/${bucket}/te`,
            headers: [['Transfer-Encoding', 'chunked']],
            body: '4\r\nfree\r\n0\r\n\r\n',
          },
          { payload: 'UNSIGNED-PAYLOAD', unsigned: ['transfer-encoding'] },
        )
        expect(verdict(response)).toBe('411 MissingContentLength')
      })
    })

    describe('KEY@project', () => {
      test.for(['header', 'presigned', 'form', 'chunked'])('%s', async (way) => {
        const { gate, credentials, projectId } = worldOf()
        const at = { ...credentials, accessKey: `${credentials.accessKey}@${projectId}` }
        const target = `/${bucket}/at-${way}`
        const put = { method: 'PUT', target, body: way }
        const request = {
          header: () => signed(at, put, { host: gate.host }),
          presigned: () => presigned(at, put, { host: gate.host }),
          form: () => postForm(at, { host: gate.host, bucket, fields: [['key', `at-${way}`]], file: way }),
          chunked: () => chunked(at, put, { host: gate.host, mode: 'signed' }).request,
        }[way]!
        expect((await send(gate.port, request())).status).toBe(way === 'form' ? 204 : 200)
        expect((await get(`at-${way}`)).toString()).toBe(way)
      })
    })

    test.for(['us-east-1', 'US', 'warden-1'])('a scope in region %s', async (region) => {
      const response = await call(worldOf(), { method: 'GET', target: `/${bucket}?max-keys=1` }, { region })
      expect(response.status).toBe(200)
    })

    test('a scope in a foreign region is told the right one', async () => {
      const response = await call(worldOf(), { method: 'GET', target: `/${bucket}` }, { region: 'mars-1' })
      expect(verdict(response)).toBe('400 AuthorizationHeaderMalformed')
      expect(element(response, 'Region')).toBeDefined()
    })
  })
}
