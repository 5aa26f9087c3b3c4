import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeKey, encodeQuery } from '../support/reference-signer.ts'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

/** In UTF-8 byte order, which is not JavaScript's: U+1F600 comes after U+FF5E. */
const KEYS = [
  '!first',
  'a',
  'a.b',
  'a/',
  'a/1',
  'a/2',
  'a/2/deep',
  'a//x',
  'a0',
  'b/1',
  'b/2',
  'c',
  'd/e/f/g',
  'z',
  'ü/1',
  'ｚ',
  '😀/1',
  '😀/2',
  '\u0001control',
].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

let backend: TestBackend
beforeAll(async () => {
  backend = await startBackend()
  await backend.send({ method: 'PUT', target: '/bucket' })
  for (const key of [...KEYS].reverse()) {
    await backend.send({ method: 'PUT', target: `/bucket/${encodeKey(key)}`, body: key })
  }
})
afterAll(() => backend[Symbol.asyncDispose]())

interface Page {
  readonly keys: readonly string[]
  readonly prefixes: readonly string[]
  readonly truncated: boolean
  readonly xml: string
}

async function list(query: Record<string, string>): Promise<Page> {
  const parameters = { 'encoding-type': 'url', ...query }
  const target = `/bucket?${Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeQuery(value)}`)
    .join('&')}`
  const xml = text(await backend.send({ method: 'GET', target }))
  const all = (pattern: RegExp): string[] =>
    [...xml.matchAll(pattern)].map((match) => decodeURIComponent(match[1] ?? ''))
  return {
    keys: all(/<Contents><Key>([^<]*)<\/Key>/g),
    prefixes: all(/<CommonPrefixes><Prefix>([^<]*)<\/Prefix>/g),
    truncated: xml.includes('<IsTruncated>true</IsTruncated>'),
    xml,
  }
}

/** What a listing should hold, computed the slow and obvious way. */
function expected(prefix: string, delimiter: string): readonly string[] {
  const names = new Set<string>()
  for (const key of KEYS) {
    if (!key.startsWith(prefix)) continue
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    names.add(at === -1 ? key : key.slice(0, at + delimiter.length))
  }
  return [...names]
}

const element = (xml: string, name: string): string | undefined => {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return found === undefined ? undefined : decodeURIComponent(found)
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Ways through all pages: what the request for the next one is made of. */
const WALKS: Record<string, (page: Page, query: Record<string, string>) => Record<string, string>> = {
  'version 2, by continuation token': (page, query) => ({
    ...query,
    'list-type': '2',
    'continuation-token': element(page.xml, 'NextContinuationToken') ?? 'none',
  }),
  'version 1, by marker': (page, query) => ({
    ...query,
    marker: element(page.xml, 'NextMarker') ?? page.keys.at(-1) ?? 'none',
  }),
}

describe.each(Object.entries(WALKS))('%s', (walk, next) => {
  const cases = ['', 'a', 'a/', 'b', 'd/e', 'ü', '😀', 'none'].flatMap((prefix) =>
    ['', '/', '/1', '2', 'ü'].flatMap((delimiter) =>
      [1, 2, 3, 1000].map((limit): [string, string, number] => [prefix, delimiter, limit]),
    ),
  )
  it.each(cases)('lists prefix "%s" delimiter "%s" in pages of %i', async (prefix, delimiter, limit) => {
    const query = { prefix, delimiter, 'max-keys': String(limit) }
    const found: string[] = []
    let page = await list(walk.startsWith('version 2') ? { ...query, 'list-type': '2' } : query)
    for (let pages = 1; ; pages++) {
      expect(pages).toBeLessThanOrEqual(KEYS.length)
      const entries = [...page.keys, ...page.prefixes].sort(byBytes)
      expect(entries.length).toBeLessThanOrEqual(limit)
      found.push(...entries)
      if (!page.truncated) break
      expect(entries.length).toBe(limit)
      page = await list(next(page, query))
    }
    expect(found).toEqual(expected(prefix, delimiter))
  })
})

describe('listing', () => {
  it('starts after a key', async () => {
    expect((await list({ 'list-type': '2', 'start-after': 'b/1' })).keys[0]).toBe('b/2')
    expect((await list({ marker: 'b/1' })).keys[0]).toBe('b/2')
  })

  it('groups what lies behind a marker within a group only in version 2', async () => {
    const second = await list({ 'list-type': '2', 'start-after': 'b/1', delimiter: '/' })
    expect(second.prefixes).toContain('b/')
    const first = await list({ marker: 'b/1', delimiter: '/' })
    expect(first.prefixes).not.toContain('b/')
  })

  it('of no keys is not truncated', async () => {
    const page = await list({ 'max-keys': '0' })
    expect([page.keys.length, page.truncated]).toEqual([0, false])
  })

  it('never has more than 1,000 keys a page', async () => {
    expect((await list({ 'max-keys': '5000' })).xml).toContain('<MaxKeys>1000</MaxKeys>')
  })

  it.each([
    { 'max-keys': '-1' },
    { 'max-keys': 'many' },
    { 'encoding-type': 'base64' },
    { 'list-type': '2', 'continuation-token': 'nonsense' },
    { 'list-type': '2', 'continuation-token': '' },
  ])('refuses %j', async (query) => {
    expect(/<Code>([^<]*)</.exec((await list(query)).xml)?.[1]).toBe('InvalidArgument')
  })

  it('is the document that S3 documents', async () => {
    const page = await list({
      'list-type': '2',
      prefix: 'a',
      delimiter: '/',
      'fetch-owner': 'true',
      'max-keys': '2',
    })
    const time = '<LastModified>2[-0-9]+T[0-9:]+\\.000Z</LastModified>'
    const owner = '<Owner><ID>s3warden</ID><DisplayName>s3warden</DisplayName></Owner>'
    const contents = (key: string, etag: string, size: number) =>
      `<Contents><Key>${key}</Key>${time}<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size>${owner}<StorageClass>STANDARD</StorageClass></Contents>`
    expect(page.xml).toMatch(
      new RegExp(
        '^<\\?xml version="1.0" encoding="UTF-8"\\?>\\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
          '<Name>bucket</Name><Prefix>a</Prefix><NextContinuationToken>[^<]+</NextContinuationToken>' +
          '<KeyCount>2</KeyCount><MaxKeys>2</MaxKeys><Delimiter>/</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>' +
          contents('a', '0cc175b9c0f1b6a831c399e269772661', 1) +
          contents('a\\.b', '[0-9a-f]{32}', 3) +
          '</ListBucketResult>$',
      ),
    )
  })

  it('of a bucket that is not there is refused', async () => {
    expect(errorCode(await backend.send({ method: 'GET', target: '/missing?list-type=2' }))).toBe(
      'NoSuchBucket',
    )
  })
})
