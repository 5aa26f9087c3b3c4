/** How long a completed upload has to be, where the store overlooks it and lists its parts as it likes. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verdict } from '../behaviour/world.ts'
import { send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { lower, raise, type Stage } from '../support/stage.ts'

let stage: Stage
let owner: Credentials
beforeAll(async () => {
  stage = await raise()
  owner = await stage.operator.tenant('owner', ['ObjectStorageFullAccess'])
  const bucket = signed(owner, { method: 'PUT', target: '/bucket' }, { host: stage.gate.host })
  expect(verdict(await send(stage.gate.port, bucket))).toBe('200')
})
afterAll(() => lower(stage))

const TEN = Array.from({ length: 10 }, (_, i) => i + 1)

/** A store that lists parts of 10 bytes, so many on a page. */
function listing(count: number, perPage: number): void {
  stage.backend.script(({ method, target }) => {
    if (method !== 'GET') return undefined
    const after = Number(new URL(target, 'http://h').searchParams.get('part-number-marker'))
    const last = Math.min(after + perPage, count)
    const parts = Array.from(
      { length: last - after },
      (_, i) => `<Part><PartNumber>${after + i + 1}</PartNumber><Size>10</Size></Part>`,
    )
    const body = `<ListPartsResult><NextPartNumberMarker>${last}</NextPartNumberMarker><IsTruncated>${last < count}</IsTruncated>${parts.join('')}</ListPartsResult>`
    return { status: 200, body }
  })
}

async function complete(size: number, numbers: readonly number[] = TEN) {
  stage.backend.clear()
  const parts = numbers.map((number) => `<Part><PartNumber>${number}</PartNumber><ETag>"a"</ETag></Part>`)
  const request = signed(
    owner,
    {
      method: 'POST',
      target: '/bucket/key?uploadId=u',
      headers: [['x-amz-mp-object-size', String(size)]],
      body: `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
    },
    { host: stage.gate.host },
  )
  const answer = await send(stage.gate.port, request)
  return {
    given: verdict(answer),
    asked: stage.backend.received.map(({ method }) => method),
  }
}

test.for([
  ['on one page', 1000, 1],
  ['on several', 4, 3],
  ['one a page', 1, 10],
] as const)('the parts are added up: %s', async ([, perPage, pages]) => {
  listing(10, perPage)
  const lists = Array<string>(pages).fill('GET')
  expect(await complete(100)).toEqual({ given: '200', asked: [...lists, 'POST'] })
  expect(await complete(99)).toEqual({ given: '400 InvalidRequest', asked: lists })
  expect(await complete(30, [1, 5, 10])).toEqual({ given: '200', asked: [...lists, 'POST'] })
})

test('a part that is not there is for the store to miss', async () => {
  listing(9, 1000)
  expect((await complete(100)).asked).toEqual(['GET', 'POST'])
})

test('an upload that is not there is, too: it may have been completed by the same request before', async () => {
  stage.backend.script(({ method }) =>
    method === 'GET' ? { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' } : undefined,
  )
  expect((await complete(100)).asked).toEqual(['GET', 'POST'])
})

test.for<[string, () => void]>([
  ['more pages than any upload has', () => listing(10_000, 1)],
  [
    'the same page again',
    () =>
      stage.backend.script(({ method }) =>
        method === 'GET'
          ? {
              status: 200,
              body: '<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker></ListPartsResult>',
            }
          : undefined,
      ),
  ],
  ['no list', () => stage.backend.script(() => ({ status: 200, body: '<html>' }))],
])('a list that says nothing completes nothing: %s', async ([, script]) => {
  script()
  const { given, asked } = await complete(100)
  expect(given).toMatch(/^50[0-9]/)
  expect(asked).not.toContain('POST')
  expect(asked.length).toBeLessThanOrEqual(20)
})
