import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { header } from '../support/raw-http.ts'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

let backend: TestBackend
let s3: S3Client
beforeAll(async () => {
  backend = await startBackend()
  s3 = backend.client()
})
afterAll(() => backend[Symbol.asyncDispose]())

async function bucket(Bucket: string, Status?: 'Enabled' | 'Suspended'): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket }))
  if (Status) await version(Bucket, Status)
  return Bucket
}
const version = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
const put = async (Bucket: string, Key: string, Body: string) =>
  (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body) }))).VersionId
const get = async (Bucket: string, Key: string, VersionId?: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString()
const remove = (Bucket: string, Key: string, VersionId?: string) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
/** `key version latest`, delete markers with a minus. */
async function versions(Bucket: string): Promise<string[]> {
  const xml = text(await backend.send({ method: 'GET', target: `/${Bucket}?versions` }))
  return [
    ...xml.matchAll(
      /<(Version|DeleteMarker)><Key>([^<]*)<\/Key><VersionId>([^<]*)<\/VersionId><IsLatest>([^<]*)</g,
    ),
  ].map(([, kind, key, id, latest]) => `${kind === 'Version' ? '' : '-'}${key} ${id} ${latest}`)
}

describe('versioning', () => {
  it('is off until it is enabled, and never off again', async () => {
    const Bucket = await bucket('states')
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined()
    await version(Bucket, 'Enabled')
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled')
    await version(Bucket, 'Suspended')
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Suspended')
    const configure = (body: string) => backend.send({ method: 'PUT', target: '/states?versioning', body })
    expect(errorCode(await configure('<VersioningConfiguration/>'))).toBe(
      'IllegalVersioningConfigurationException',
    )
    expect(
      errorCode(await configure('<VersioningConfiguration><Status>Off</Status></VersioningConfiguration>')),
    ).toBe('MalformedXML')
    expect(
      errorCode(
        await configure(
          '<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>',
        ),
      ),
    ).toBe('NotImplemented')
  })

  it('keeps what was there before, as version null', async () => {
    const Bucket = await bucket('before')
    expect(await put(Bucket, 'k', 'old')).toBeUndefined()
    await version(Bucket, 'Enabled')
    const id = await put(Bucket, 'k', 'new')
    expect(id).toMatch(/^[\w-]{32}$/)
    expect(await get(Bucket, 'k')).toBe('new')
    expect(await get(Bucket, 'k', 'null')).toBe('old')
    expect(await versions(Bucket)).toEqual([`k ${id} true`, 'k null false'])
  })

  it('hides behind delete markers, and shows again when they go', async () => {
    const Bucket = await bucket('markers', 'Enabled')
    const first = await put(Bucket, 'k', '1')
    const second = await put(Bucket, 'k', '2')
    const marker = await remove(Bucket, 'k')
    expect(marker.DeleteMarker).toBe(true)
    expect(await versions(Bucket)).toEqual([
      `-k ${marker.VersionId} true`,
      `k ${second} false`,
      `k ${first} false`,
    ])
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)
    const hidden = await backend.send({ method: 'GET', target: '/markers/k' })
    expect([hidden.status, errorCode(hidden)]).toEqual([404, 'NoSuchKey'])
    expect(header(hidden, 'x-amz-delete-marker')).toBe('true')
    expect(header(hidden, 'x-amz-version-id')).toBe(marker.VersionId)
    const named = await backend.send({ method: 'GET', target: `/markers/k?versionId=${marker.VersionId}` })
    expect([named.status, errorCode(named)]).toEqual([405, 'MethodNotAllowed'])
    expect(header(named, 'allow')).toBe('DELETE')
    const ended = await remove(Bucket, 'k', marker.VersionId)
    expect([ended.DeleteMarker, ended.VersionId]).toEqual([true, marker.VersionId])
    expect(await get(Bucket, 'k')).toBe('2')
    await remove(Bucket, 'k', second)
    expect(await get(Bucket, 'k')).toBe('1')
    expect(await versions(Bucket)).toEqual([`k ${first} true`])
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    })
    await remove(Bucket, 'k', first)
    await s3.send(new DeleteBucketCommand({ Bucket }))
  })

  it('suspended, replaces version null and no other', async () => {
    const Bucket = await bucket('suspended', 'Enabled')
    const kept = await put(Bucket, 'k', 'kept')
    await version(Bucket, 'Suspended')
    expect(await put(Bucket, 'k', 'null 1')).toBeUndefined()
    expect(await put(Bucket, 'k', 'null 2')).toBeUndefined()
    expect(await versions(Bucket)).toEqual(['k null true', `k ${kept} false`])
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).VersionId).toBe('null')
    const marker = await remove(Bucket, 'k')
    expect([marker.DeleteMarker, marker.VersionId]).toEqual([true, 'null'])
    expect(await versions(Bucket)).toEqual(['-k null true', `k ${kept} false`])
    expect(await get(Bucket, 'k', kept)).toBe('kept')
  })

  it('names versions that are not there', async () => {
    const Bucket = await bucket('absent', 'Enabled')
    await put(Bucket, 'k', 'x')
    const read = (id: string) => backend.send({ method: 'GET', target: `/${Bucket}/k?versionId=${id}` })
    expect(errorCode(await read('A'.repeat(32)))).toBe('NoSuchVersion')
    expect(errorCode(await read('short'))).toBe('InvalidArgument')
    expect((await backend.send({ method: 'DELETE', target: `/${Bucket}/k?versionId=null` })).status).toBe(204)
    await bucket('plain')
    expect(
      errorCode(await backend.send({ method: 'DELETE', target: `/plain/k?versionId=${'A'.repeat(32)}` })),
    ).toBe('InvalidArgument')
  })

  it('has tags of each version', async () => {
    const Bucket = await bucket('version-tags', 'Enabled')
    const first = await put(Bucket, 'k', '1')
    await put(Bucket, 'k', '2')
    const tagging = { Bucket, Key: 'k', VersionId: first }
    await s3.send(
      new PutObjectTaggingCommand({ ...tagging, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } }),
    )
    expect((await s3.send(new GetObjectTaggingCommand(tagging))).TagSet).toEqual([{ Key: 'a', Value: '1' }])
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }))).TagSet).toEqual([])
  })
})

describe('listing of versions', () => {
  it('goes through all pages, whatever their size', async () => {
    const Bucket = await bucket('pages', 'Enabled')
    for (const key of ['a', 'b/1', 'b/2', 'c']) for (let i = 0; i < 3; i++) await put(Bucket, key, String(i))
    await remove(Bucket, 'a')
    const all = await versions(Bucket)
    expect(all).toHaveLength(13)
    for (const MaxKeys of [1, 2, 3, 5]) {
      const found: string[] = []
      let KeyMarker: string | undefined
      let VersionIdMarker: string | undefined
      do {
        const page = await s3.send(
          new ListObjectVersionsCommand({ Bucket, MaxKeys, KeyMarker, VersionIdMarker }),
        )
        const entries = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
        expect(entries.length).toBeLessThanOrEqual(MaxKeys)
        found.push(...entries.map((entry) => `${entry.Key} ${entry.VersionId} ${entry.IsLatest}`))
        KeyMarker = page.NextKeyMarker
        VersionIdMarker = page.NextVersionIdMarker
      } while (KeyMarker !== undefined)
      expect(new Set(found)).toEqual(new Set(all.map((entry) => entry.replace(/^-/, ''))))
      expect(found).toHaveLength(all.length)
    }
  })

  it('groups by delimiter, and goes on behind a group', async () => {
    const page = await s3.send(
      new ListObjectVersionsCommand({ Bucket: 'pages', Delimiter: '/', MaxKeys: 1, KeyMarker: 'a' }),
    )
    expect(page.CommonPrefixes).toEqual([{ Prefix: 'b/' }])
    expect([page.NextKeyMarker, page.NextVersionIdMarker]).toEqual(['b/', undefined])
    const next = await s3.send(
      new ListObjectVersionsCommand({ Bucket: 'pages', Delimiter: '/', KeyMarker: 'b/' }),
    )
    expect(next.CommonPrefixes).toBeUndefined()
    expect(next.Versions?.map((entry) => entry.Key)).toEqual(['c', 'c', 'c'])
  })

  it('can be emptied page by page', async () => {
    const Bucket = 'pages'
    let KeyMarker: string | undefined
    let VersionIdMarker: string | undefined
    do {
      const page = await s3.send(
        new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, KeyMarker, VersionIdMarker }),
      )
      const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
        Key,
        VersionId,
      }))
      const deleted = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
      expect(deleted.Errors).toBeUndefined()
      KeyMarker = page.NextKeyMarker
      VersionIdMarker = page.NextVersionIdMarker
    } while (KeyMarker !== undefined)
    expect(await versions(Bucket)).toEqual([])
  })

  it('takes no version marker without a key marker', async () => {
    const response = await backend.send({ method: 'GET', target: '/pages?versions&version-id-marker=x' })
    expect(errorCode(response)).toBe('InvalidArgument')
  })
})

describe('deletion of many', () => {
  const Delete = (...entries: string[]) => `<Delete>${entries.join('')}</Delete>`
  const entry = (key: string, more = '') => `<Object><Key>${key}</Key>${more}</Object>`
  const send = (body: string) => backend.send({ method: 'POST', target: '/many?delete', body })

  it('says of each key what became of it', async () => {
    const Bucket = await bucket('many')
    await put(Bucket, 'a', '1')
    await put(Bucket, 'b&amp', '2')
    const response = await send(
      Delete(
        entry('a'),
        entry('b&amp;amp'),
        entry('missing'),
        entry('a', '<VersionId>bad</VersionId>'),
        entry('missing', '<ETag>"x"</ETag>'),
      ),
    )
    expect(text(response)).toContain(
      '<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        '<Deleted><Key>a</Key></Deleted><Deleted><Key>b&amp;amp</Key></Deleted><Deleted><Key>missing</Key></Deleted>' +
        '<Error><Key>a</Key><VersionId>bad</VersionId><Code>InvalidArgument</Code><Message>Invalid version id specified</Message></Error>' +
        '<Error><Key>missing</Key><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error></DeleteResult>',
    )
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)
  })

  it('is quiet where asked, but not about errors', async () => {
    const response = await send(
      Delete('<Quiet>true</Quiet>', entry('a'), entry('b', '<VersionId>bad</VersionId>')),
    )
    expect(text(response)).not.toContain('<Deleted>')
    expect(text(response)).toContain('<Error><Key>b</Key>')
  })

  it.each([
    ['MalformedXML', Delete()],
    ['MalformedXML', '<Remove/>'],
    ['MalformedXML', Delete('<Object/>')],
    ['MalformedXML', Delete(entry('a', '<Key>b</Key>'))],
    ['MalformedXML', Delete(...Array.from({ length: 1001 }, (_, i) => entry(String(i))))],
    ['NotImplemented', Delete(entry('a', '<Size>1</Size>'))],
    ['InvalidURI', Delete(entry('..'))],
  ])('refuses with %s what is none', async (code, body) => {
    expect(errorCode(await send(body))).toBe(code)
  })
})
