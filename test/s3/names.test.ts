/** Which host and path may have been signed, and what they name. */
import { describe, expect, test } from 'vitest'
import { ambiguousEndpoints, createNames, publicEndpoint } from '../../src/s3/names.ts'
import { parseTarget, targetPath } from '../../src/s3/target.ts'

const endpoints = (...urls: readonly string[]) => urls.map(publicEndpoint)

/** `HOST PATH → TARGET` of each reading, the one as received first. */
function readings(urls: readonly string[], domains: readonly string[], host: string, path: string) {
  const parsed = parseTarget(path, host, createNames({ domains, endpoints: endpoints(...urls) }))
  return [parsed, ...parsed.others].map(
    (one) => `${one.host} ${one.canonicalPath} → ${targetPath(one.target)}`,
  )
}

const PLAIN = 'https://s3.example.org'
const BELOW = 'https://example.org/s3'

test.for<[string, readonly string[], readonly string[], string, string, readonly string[]]>([
  ['nothing configured', [], [], 'gate:1', '/photos/x', ['gate:1 /photos/x → /photos/x']],
  [
    'the proxy kept Host and path',
    [BELOW],
    [],
    'example.org',
    '/s3/photos/x',
    ['example.org /s3/photos/x → /photos/x', 'example.org /s3/s3/photos/x → /s3/photos/x'],
  ],
  [
    'the proxy took the prefix off',
    [BELOW],
    [],
    'example.org',
    '/photos/x',
    ['example.org /photos/x → /photos/x', 'example.org /s3/photos/x → /photos/x'],
  ],
  [
    'the proxy wrote another Host',
    [PLAIN],
    [],
    'gate:1',
    '/photos/x',
    ['gate:1 /photos/x → /photos/x', 's3.example.org /photos/x → /photos/x'],
  ],
  [
    'the proxy wrote another Host and kept the prefix',
    [BELOW],
    [],
    'gate:1',
    '/s3/photos/x',
    [
      'gate:1 /s3/photos/x → /s3/photos/x',
      'example.org /s3/photos/x → /photos/x',
      'example.org /s3/s3/photos/x → /s3/photos/x',
    ],
  ],
  [
    'the prefix is encoded in another way: it is the same to a signature',
    [BELOW],
    [],
    'example.org',
    '/%733/photos/x',
    ['example.org /s3/photos/x → /photos/x', 'example.org /s3/s3/photos/x → /s3/photos/x'],
  ],
  [
    'what only begins like the prefix',
    [BELOW],
    [],
    'example.org',
    '/s3x/y',
    ['example.org /s3x/y → /s3x/y', 'example.org /s3/s3x/y → /s3x/y'],
  ],
  [
    'the root of the prefix',
    [BELOW],
    [],
    'example.org',
    '/s3',
    ['example.org /s3 → /', 'example.org /s3/s3 → /s3'],
  ],
  [
    'a Host that is known, in another spelling',
    [BELOW],
    [],
    'EXAMPLE.org.:443',
    '/s3/photos/x',
    [
      'EXAMPLE.org.:443 /s3/photos/x → /photos/x',
      'EXAMPLE.org.:443 /s3/s3/photos/x → /s3/photos/x',
      'example.org /s3/photos/x → /photos/x',
      'example.org /s3/s3/photos/x → /s3/photos/x',
    ],
  ],
  [
    'two names of one place',
    [PLAIN, 'https://cdn.example.org'],
    [],
    's3.example.org',
    '/photos/x',
    ['s3.example.org /photos/x → /photos/x', 'cdn.example.org /photos/x → /photos/x'],
  ],
  [
    'two names, of which the other would mean another bucket',
    [PLAIN, BELOW],
    [],
    'example.org',
    '/s3/photos/x',
    ['example.org /s3/photos/x → /photos/x', 'example.org /s3/s3/photos/x → /s3/photos/x'],
  ],
  [
    'a bucket in the Host',
    [PLAIN],
    ['s3.example.org'],
    'photos.s3.example.org',
    '/x',
    ['photos.s3.example.org /x → /photos/x'],
  ],
  [
    'a bucket in a Host that the proxy wrote',
    [PLAIN],
    ['s3.example.org', 'gate'],
    'photos.gate:1',
    '/x',
    ['photos.gate:1 /x → /photos/x', 'photos.s3.example.org /x → /photos/x'],
  ],
  [
    'a bucket in a Host, below a prefix',
    [BELOW],
    ['example.org'],
    'photos.example.org',
    '/s3/x',
    ['photos.example.org /s3/x → /photos/x', 'photos.example.org /s3/s3/x → /photos/s3/x'],
  ],
  [
    'an endpoint under which buckets are no hosts',
    [PLAIN],
    ['gate'],
    'photos.gate',
    '/x',
    ['photos.gate /x → /photos/x'],
  ],
  [
    'an endpoint whose name looks like a bucket under a domain',
    ['https://photos.example.org'],
    ['example.org'],
    'photos.example.org',
    '/b/x',
    ['photos.example.org /b/x → /b/x'],
  ],
])('%s', ([, urls, domains, host, path, expected]) => {
  expect(readings(urls, domains, host, path)).toEqual(expected)
})

test('no signed text means two things, whatever is received', () => {
  const sets = [
    [PLAIN],
    [BELOW],
    [PLAIN, BELOW],
    [BELOW, 'https://example.org/other'],
    [PLAIN, 'http://gate:1/s3'],
  ]
  const hosts = ['gate:1', 's3.example.org', 'example.org', 'photos.s3.example.org', 'photos.example.org']
  const paths = [
    '/',
    '/s3',
    '/s3/',
    '/s3/s3',
    '/s3/s3/k',
    '/s3/photos/x',
    '/photos/x',
    '/other/s3/x',
    '//s3/x',
  ]
  for (const urls of sets) {
    const meant = new Map<string, string>()
    for (const domains of [[], ['s3.example.org', 'example.org']]) {
      meant.clear()
      for (const host of hosts) {
        for (const path of paths) {
          for (const reading of readings(urls, domains, host, path)) {
            const [signed = '', target = ''] = reading.split(' → ')
            expect([signed, meant.get(signed) ?? target]).toEqual([signed, target])
            meant.set(signed, target)
          }
        }
      }
    }
    expect(meant.size).toBeGreaterThan(20)
  }
})

describe('endpoints of which one URL would be two things', () => {
  test.for([
    [['https://a', 'https://a/s3'], 'https://a/s3 is below https://a'],
    [['https://a/x', 'http://b', 'https://a/x/y'], 'https://a/x/y is below https://a/x'],
  ] as const)('%j', ([urls, said]) => {
    expect(ambiguousEndpoints(endpoints(...urls))).toContain(said)
    expect(() => createNames({ domains: [], endpoints: endpoints(...urls) })).toThrow(RangeError)
  })

  test.for([
    [['https://a', 'http://a']],
    [['https://a/x', 'https://a/xy']],
    [['https://a', 'https://a:8443/s3']],
  ])('none of %j', ([urls = []]) => {
    expect(ambiguousEndpoints(endpoints(...urls))).toBeUndefined()
  })
})
