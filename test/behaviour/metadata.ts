/** Metadata: a tenant's own text, in names and values, however its client signs it. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Folding } from '../support/reference-signer.ts'
import { call, header, makeBucket, verdict, type WorldOf } from './world.ts'

const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

/** White space of all kinds; HTTP takes the surrounding one off. */
const VALUES: readonly (readonly [name: string, value: string])[] = [
  ['two spaces', 'a  b'],
  ['a tab', 'a\tb'],
  ['a space and a tab', 'a \tb'],
  ['a tab and a space', 'a\t b'],
  ['a no-break space', utf8('a\u00a0b')],
  ['an ideographic space', utf8('東京\u3000タワー')],
  ['ideographic spaces around', utf8('\u3000東京\u3000')],
  ['a line separator', utf8('a\u2028b')],
  ['quotes with spaces', '"a   b"'],
]

/** Who signs so, as their sources say. */
const FOLDINGS: Readonly<Record<string, Folding>> = {
  'spaces become one (SDKs for Go and C++)': (value) => value.replace(/ +/g, ' '),
  'blanks become one space (boto3, SDKs for Java and JavaScript)': (value) => value.replace(/[ \t]+/g, ' '),
  'all that Unicode calls white space does (mc, minio-go)': (value) => {
    const text = Buffer.from(value, 'latin1').toString('utf8')
    return utf8(
      text
        .replace(/[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g, ' ')
        .trim(),
    )
  },
}

export function metadata(worldOf: WorldOf): void {
  describe('metadata', () => {
    let bucket: string
    beforeAll(async () => {
      bucket = await makeBucket(worldOf())
    })

    test.for(
      Object.keys(FOLDINGS).flatMap((folding) =>
        VALUES.map(([name, value]) => [name, folding, value] as const),
      ),
    )('a value with %s, where %s', async ([name, folding, value]) => {
      const world = worldOf()
      const target = `/${bucket}/${name.replaceAll(' ', '-')}`
      const fold = FOLDINGS[folding]!
      const put = await call(
        world,
        {
          method: 'PUT',
          target,
          headers: [
            ['x-amz-meta-note', value],
            ['Cache-Control', value],
          ],
          body: 'x',
        },
        { fold },
      )
      expect(verdict(put)).toBe('200')
      const got = await call(world, { method: 'HEAD', target })
      expect(decoded(header(got, 'x-amz-meta-note') ?? '')).toBe(value)
      expect(decoded(header(got, 'cache-control') ?? '')).toBe(value)
    })

    test('a signature of another text is refused', async () => {
      const world = worldOf()
      const headers = [['x-amz-meta-note', 'a\tb']] as const
      const put = await call(
        world,
        { method: 'PUT', target: `/${bucket}/refused`, headers, body: 'x' },
        {
          fold: (value) => value.replace('\t', ''),
        },
      )
      expect(verdict(put)).toBe('403 SignatureDoesNotMatch')
    })

    test('a name with an underscore', async () => {
      const world = worldOf()
      const target = `/${bucket}/named`
      const put = await call(world, {
        method: 'PUT',
        target,
        headers: [['x-amz-meta-my_key', '1']],
        body: 'x',
      })
      expect(verdict(put)).toBe('200')
      const got = await call(world, { method: 'HEAD', target })
      expect(header(got, `x-amz-meta-${world.can.underscores === 'kept' ? 'my_key' : 'my-key'}`)).toBe('1')
    })

    test('two names that may be one to the store', async () => {
      const world = worldOf()
      const headers = [
        ['x-amz-meta-my_key', '1'],
        ['x-amz-meta-my-key', '2'],
      ] as const
      const target = `/${bucket}/twins`
      const put = await call(world, { method: 'PUT', target, headers, body: 'x' })
      if (world.can.underscores === 'folded') {
        expect(verdict(put)).toBe('400 InvalidArgument')
        expect(put.body.toString()).toContain('are one name to the object store')
        return
      }
      expect(verdict(put)).toBe('200')
      const got = await call(world, { method: 'HEAD', target })
      expect([header(got, 'x-amz-meta-my_key'), header(got, 'x-amz-meta-my-key')]).toEqual(['1', '2'])
    })

    test('a value in several lines is a list', async () => {
      const world = worldOf()
      const target = `/${bucket}/list`
      const headers = [
        ['x-amz-meta-by', 'joe'],
        ['x-amz-meta-by', 'jane'],
      ] as const
      expect(verdict(await call(world, { method: 'PUT', target, headers, body: 'x' }))).toBe('200')
      expect(header(await call(world, { method: 'HEAD', target }), 'x-amz-meta-by')).toBe('joe,jane')
    })
  })
}

/** What RFC 2047 encodes, as the bytes that it stands for. */
function decoded(value: string): string {
  return value.replace(/=\?UTF-8\?q\?([^?]*)\?=/gi, (_, text: string) =>
    text
      .replaceAll('_', ' ')
      .replace(/=([0-9A-F]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  )
}
