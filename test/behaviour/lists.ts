/** Lists of objects: version 1, version 2 and versions, with prefix, delimiter and pages. */
import { ListObjectsCommand, ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeKey } from '../support/reference-signer.ts'
import { canKeep } from './capabilities.ts'
import { call, element, elements, makeBucket, verdict, type WorldOf } from './world.ts'

/** In UTF-8 byte order, which is not JavaScript's: U+FF5A sorts before U+1F600 there, and after it here. */
const KEYS = [
  '007',
  'a',
  'a b',
  'a+b',
  'a/',
  'a//b',
  'a/1',
  'a/2/x',
  'a/2/y',
  'a/3',
  'b/1',
  'ü/1',
  '\uff5a',
  '😀',
]

interface Shape {
  readonly keys: readonly string[]
  readonly prefixes: readonly string[]
}

const CASES: readonly (readonly [
  title: string,
  input: { Prefix?: string; Delimiter?: string },
  expected: Shape,
])[] = [
  ['everything', {}, { keys: KEYS, prefixes: [] }],
  ['a prefix', { Prefix: 'a/' }, { keys: ['a/', 'a//b', 'a/1', 'a/2/x', 'a/2/y', 'a/3'], prefixes: [] }],
  [
    'a delimiter',
    { Delimiter: '/' },
    { keys: ['007', 'a', 'a b', 'a+b', '\uff5a', '😀'], prefixes: ['a/', 'b/', 'ü/'] },
  ],
  [
    'prefix and delimiter',
    { Prefix: 'a/', Delimiter: '/' },
    { keys: ['a/', 'a/1', 'a/3'], prefixes: ['a//', 'a/2/'] },
  ],
  ['a prefix with an odd character', { Prefix: 'ü' }, { keys: ['ü/1'], prefixes: [] }],
  ['a prefix without a match', { Prefix: 'zz' }, { keys: [], prefixes: [] }],
  [
    'a delimiter of several characters',
    { Prefix: 'a/', Delimiter: '2/' },
    { keys: ['a/', 'a//b', 'a/1', 'a/3'], prefixes: ['a/2/'] },
  ],
]

export function lists(worldOf: WorldOf): void {
  let Bucket: string

  /** Where keys are paths, what lies below an object is not listed: then there is no such object. */
  const kept = (name: string): boolean => {
    const { can } = worldOf()
    const isFolder = KEYS.some((key) => key.startsWith(`${name}/`) && canKeep(can, key))
    return canKeep(can, name) && (can.keys === 'any' || name.endsWith('/') || !isFolder)
  }

  /** What of it the store can have. */
  const there = ({ keys, prefixes }: Shape): Shape => ({
    keys: keys.filter(kept),
    prefixes: prefixes.filter(kept),
  })

  const canList = ({ Delimiter = '/' }: { readonly Delimiter?: string }): boolean =>
    worldOf().can.keys === 'any' || Delimiter === '/'

  describe('lists', () => {
    beforeAll(async () => {
      const world = worldOf()
      Bucket = await makeBucket(world)
      for (const key of KEYS.filter(kept).reverse()) {
        const put = await call(world, { method: 'PUT', target: `/${Bucket}/${encodeKey(key)}`, body: key })
        expect(put.status).toBe(200)
      }
    })

    describe.for([1000, 3, 1])('with pages of %i', (size) => {
      let MaxKeys: number
      beforeAll(() => {
        MaxKeys = Math.max(size, worldOf().can.leastPage)
      })

      test.for(CASES)('version 2: %s', async ([, input, expected], { skip }) => {
        skip(!canList(input), 'the store can list by / only')
        const keys: string[] = []
        const prefixes: string[] = []
        let token: string | undefined
        do {
          const page = await worldOf().s3.send(
            new ListObjectsV2Command({ Bucket, MaxKeys, ...input, ContinuationToken: token }),
          )
          keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
          prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix))
          expect(page.KeyCount).toBe((page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0))
          expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys)
          token = page.IsTruncated === true ? page.NextContinuationToken : undefined
        } while (token !== undefined)
        expect({ keys, prefixes }).toEqual(there(expected))
      })

      test.for(CASES)('version 1: %s', async ([, input, expected], { skip }) => {
        skip(!canList(input), 'the store can list by / only')
        const keys: string[] = []
        const prefixes: string[] = []
        let Marker: string | undefined
        do {
          const page = await worldOf().s3.send(new ListObjectsCommand({ Bucket, MaxKeys, ...input, Marker }))
          keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
          prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix))
          // NextMarker comes with a delimiter only; without one the last key is the marker.
          Marker = page.IsTruncated === true ? (page.NextMarker ?? keys.at(-1)) : undefined
        } while (Marker !== undefined)
        expect({ keys, prefixes }).toEqual(there(expected))
      })

      test.for(CASES)('versions: %s', async ([, input, expected], { skip }) => {
        skip(!canList(input), 'the store can list by / only')
        const keys: string[] = []
        const prefixes: string[] = []
        let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {}
        do {
          const page: Awaited<ReturnType<typeof next>> = await next(marker)
          keys.push(...(page.Versions ?? []).map(({ Key = '' }) => Key))
          prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix))
          marker =
            page.IsTruncated === true
              ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
              : undefined
        } while (marker !== undefined)
        expect({ keys, prefixes }).toEqual(there(expected))

        function next(from: object) {
          return worldOf().s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys, ...input, ...from }))
        }
      })
    })

    test('a delimiter that is not a slash is taken, or refused', async () => {
      const response = await call(worldOf(), {
        method: 'GET',
        target: `/${Bucket}?list-type=2&delimiter=2%2F&max-keys=1`,
      })
      expect(verdict(response)).toBe(canList({ Delimiter: '2/' }) ? '200' : '501 NotImplemented')
    })

    test('start-after begins behind a key', async () => {
      const page = await worldOf().s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'a/3' }))
      expect(page.Contents?.map(({ Key }) => Key)).toEqual(['b/1', 'ü/1', '\uff5a', '😀'])
    })

    test('encoding-type=url encodes keys and prefixes', async () => {
      const response = await call(worldOf(), {
        method: 'GET',
        target: `/${Bucket}?list-type=2&encoding-type=url&prefix=%C3%BC`,
      })
      // A slash may be encoded or not: clients decode it either way.
      expect(elements(response, 'Key')).toEqual([expect.stringMatching(/^%C3%BC(\/|%2F)1$/)])
      expect(elements(response, 'EncodingType')).toEqual(['url'])
    })

    test('an entry says size, ETag, time and class', async () => {
      const page = await worldOf().s3.send(new ListObjectsV2Command({ Bucket, Prefix: '007' }))
      expect(page.Contents?.[0]).toMatchObject({
        Key: '007',
        Size: 3,
        ETag: '"9e94b15ed312fa42232fd87a55db0d39"',
        StorageClass: 'STANDARD',
      })
      expect(page.Contents?.[0]?.LastModified).toBeInstanceOf(Date)
    })

    test('owners are the project, wherever they appear', async () => {
      const world = worldOf()
      for (const query of ['', '?list-type=2&fetch-owner=true', '?versions']) {
        const response = await call(world, { method: 'GET', target: `/${Bucket}${query}` })
        const owners = new Set(elements(response, 'ID'))
        expect([query, [...owners]]).toEqual([query, [world.projectId]])
      }
    })

    test.for(['max-keys=x', 'max-keys=-1'])('%s is refused', async (query) => {
      const response = await call(worldOf(), { method: 'GET', target: `/${Bucket}?${query}` })
      expect(verdict(response)).toBe('400 InvalidArgument')
    })

    test('max-keys=0 lists nothing', async () => {
      const response = await call(worldOf(), { method: 'GET', target: `/${Bucket}?max-keys=0` })
      expect([response.status, elements(response, 'Key'), element(response, 'IsTruncated')]).toEqual([
        200,
        [],
        'false',
      ])
    })
  })
}
