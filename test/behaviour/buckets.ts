/** The life of a bucket. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import {
  call,
  element,
  elements,
  freshName,
  header,
  makeBucket,
  sdk,
  verdict,
  type WorldOf,
} from './world.ts'

export function buckets(worldOf: WorldOf): void {
  describe('buckets', () => {
    test('are made, seen, listed and removed', async () => {
      const world = worldOf()
      const Bucket = freshName()
      const made = await world.s3.send(new CreateBucketCommand({ Bucket }))
      expect(made.Location).toBe(`/${Bucket}`)
      await world.s3.send(new HeadBucketCommand({ Bucket }))
      const listed = await world.s3.send(new ListBucketsCommand({}))
      expect(listed.Buckets?.map(({ Name }) => Name)).toContain(Bucket)
      expect(listed.Owner?.ID).toBe(world.projectId)
      await world.s3.send(new DeleteBucketCommand({ Bucket }))
      await expect(world.s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
        $metadata: { httpStatusCode: 404 },
      })
      const left = await world.s3.send(new ListBucketsCommand({}))
      expect(left.Buckets?.map(({ Name }) => Name) ?? []).not.toContain(Bucket)
    })

    test('a name may be used again by its own project, and starts empty', async () => {
      const world = worldOf()
      const bucket = await makeBucket(world)
      expect(verdict(await call(world, { method: 'PUT', target: `/${bucket}/k`, body: 'x' }))).toBe('200')
      expect(verdict(await call(world, { method: 'DELETE', target: `/${bucket}` }))).toBe(
        '409 BucketNotEmpty',
      )
      expect(verdict(await call(world, { method: 'DELETE', target: `/${bucket}/k` }))).toBe('204')
      expect(verdict(await call(world, { method: 'DELETE', target: `/${bucket}` }))).toBe('204')
      expect(verdict(await call(world, { method: 'PUT', target: `/${bucket}` }))).toBe('200')
      expect(elements(await call(world, { method: 'GET', target: `/${bucket}` }), 'Key')).toEqual([])
    })

    test('a released name is out of reach of another project', async () => {
      const world = worldOf()
      const bucket = await makeBucket(world)
      expect(verdict(await call(world, { method: 'DELETE', target: `/${bucket}` }))).toBe('204')
      const theirs = sdk(world.gate, world.other.credentials)
      await expect(theirs.send(new CreateBucketCommand({ Bucket: bucket }))).rejects.toMatchObject({
        name: 'BucketAlreadyExists',
        $metadata: { httpStatusCode: 409 },
      })
    })

    test('a name that is taken: by the same project, by another', async () => {
      const world = worldOf()
      const bucket = await makeBucket(world)
      const again = await call(world, { method: 'PUT', target: `/${bucket}` })
      // us-east-1 answers 200 to the owner; every other region 409.
      expect(['200', '409 BucketAlreadyOwnedByYou']).toContain(verdict(again))
      const theirs = sdk(world.gate, world.other.credentials)
      await expect(theirs.send(new CreateBucketCommand({ Bucket: bucket }))).rejects.toMatchObject({
        name: 'BucketAlreadyExists',
      })
    })

    test("another project's bucket is 403 in every way", async () => {
      const world = worldOf()
      const bucket = await makeBucket(world, world.other.credentials)
      for (const [method, target] of [
        ['HEAD', `/${bucket}`],
        ['GET', `/${bucket}?list-type=2`],
        ['GET', `/${bucket}?location`],
        ['GET', `/${bucket}/k`],
        ['PUT', `/${bucket}/k`],
        ['DELETE', `/${bucket}/k`],
        ['DELETE', `/${bucket}`],
      ] as const) {
        const response = await call(world, { method, target })
        expect([method, target, response.status]).toEqual([method, target, 403])
      }
      const listed = await world.s3.send(new ListBucketsCommand({}))
      expect(listed.Buckets?.map(({ Name }) => Name) ?? []).not.toContain(bucket)
    })

    test('a name that nobody has is 404', async () => {
      const world = worldOf()
      const name = freshName('nobody')
      expect((await call(world, { method: 'HEAD', target: `/${name}` })).status).toBe(404)
      expect(verdict(await call(world, { method: 'GET', target: `/${name}` }))).toBe('404 NoSuchBucket')
      expect(verdict(await call(world, { method: 'GET', target: `/${name}/k` }))).toBe('404 NoSuchBucket')
      expect(verdict(await call(world, { method: 'DELETE', target: `/${name}` }))).toBe('404 NoSuchBucket')
    })

    test('the list has pages, a prefix, and byte order', async () => {
      const world = worldOf()
      const prefix = freshName('page')
      const names = ['a', 'b', 'c', 'd', 'e'].map((tail) => `${prefix}-${tail}`)
      for (const name of [...names].reverse()) {
        expect((await call(world, { method: 'PUT', target: `/${name}` })).status).toBe(200)
      }
      const seen: string[] = []
      let token: string | undefined
      do {
        const page = await world.s3.send(
          new ListBucketsCommand({ Prefix: prefix, MaxBuckets: 2, ContinuationToken: token }),
        )
        expect(page.Buckets?.length ?? 0).toBeLessThanOrEqual(2)
        seen.push(...(page.Buckets ?? []).map(({ Name = '' }) => Name))
        token = page.ContinuationToken
      } while (token !== undefined)
      expect(seen).toEqual(names)
    })

    test('location constraint: none, ours, a foreign one, nonsense', async () => {
      const world = worldOf()
      const body = (region: string) =>
        `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`
      const create = (xml: string) => call(world, { method: 'PUT', target: `/${freshName()}`, body: xml })
      expect(verdict(await create(''))).toBe('200')
      expect(verdict(await create(body('warden-1')))).toBe('200')
      expect(verdict(await create(body('mars-1')))).toBe('400 InvalidLocationConstraint')
      expect(verdict(await create('<CreateBucketConfiguration>'))).toBe('400 MalformedXML')
      const bucket = await makeBucket(world)
      const location = await world.s3.send(new GetBucketLocationCommand({ Bucket: bucket }))
      expect(location.$metadata.httpStatusCode).toBe(200)
    })

    test.for([
      'ab',
      'Upper-case',
      'under_score',
      '-leading',
      'trailing-',
      'two..dots',
      '192.168.0.1',
      'xn--puny',
      'x'.repeat(64),
      'tenant:name',
    ])('an impossible name is refused: %s', async (name) => {
      const response = await call(worldOf(), { method: 'PUT', target: `/${name}` })
      expect(verdict(response)).toBe('400 InvalidBucketName')
      expect(element(response, 'BucketName')).toBe(name)
    })

    test('the expected owner is compared with the project', async () => {
      const world = worldOf()
      const bucket = await makeBucket(world)
      const get = (owner: string) =>
        call(world, {
          method: 'GET',
          target: `/${bucket}`,
          headers: [['x-amz-expected-bucket-owner', owner]],
        })
      expect((await get(world.projectId)).status).toBe(200)
      expect(verdict(await get(world.other.projectId))).toBe('403 AccessDenied')
    })

    test('every answer has a request id of the gate', async () => {
      const world = worldOf()
      const bucket = await makeBucket(world)
      const response = await call(world, { method: 'GET', target: `/${bucket}/none` })
      expect(header(response, 'x-amz-request-id')).toMatch(/^\S{8,}$/)
      expect(element(response, 'RequestId')).toBe(header(response, 'x-amz-request-id'))
      expect(header(response, 'date')).toBeDefined()
    })
  })
}
