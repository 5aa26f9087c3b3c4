import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorCode, startBackend, type TestBackend, text } from './backend.ts'

let backend: TestBackend
let s3: S3Client
beforeAll(async () => {
  backend = await startBackend()
  s3 = backend.client()
})
afterAll(() => backend[Symbol.asyncDispose]())

describe('buckets', () => {
  it('are made once, found, and removed when empty', async () => {
    expect((await s3.send(new CreateBucketCommand({ Bucket: 'first' }))).Location).toBe('/first')
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'first' }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
      $metadata: { httpStatusCode: 409 },
    })
    expect((await s3.send(new HeadBucketCommand({ Bucket: 'first' }))).BucketRegion).toBe('us-east-1')
    expect(
      (await s3.send(new GetBucketLocationCommand({ Bucket: 'first' }))).LocationConstraint,
    ).toBeUndefined()
    await s3.send(new PutObjectCommand({ Bucket: 'first', Key: 'x', Body: Buffer.from('x') }))
    await expect(s3.send(new DeleteBucketCommand({ Bucket: 'first' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
      $metadata: { httpStatusCode: 409 },
    })
    await s3.send(new CreateBucketCommand({ Bucket: 'second' }))
    await s3.send(new DeleteBucketCommand({ Bucket: 'second' }))
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'second' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    })
    await expect(s3.send(new DeleteBucketCommand({ Bucket: 'second' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    })
  })

  it('are listed in order, by prefix, in pages', async () => {
    for (const name of ['list-b', 'list-a', 'list-c', 'other'])
      await s3.send(new CreateBucketCommand({ Bucket: name }))
    const all = await s3.send(new ListBucketsCommand({ Prefix: 'list-' }))
    expect(all.Buckets?.map((bucket) => bucket.Name)).toEqual(['list-a', 'list-b', 'list-c'])
    expect(all.Prefix).toBe('list-')
    const page = await s3.send(new ListBucketsCommand({ Prefix: 'list-', MaxBuckets: 2 }))
    expect(page.Buckets?.map((bucket) => bucket.Name)).toEqual(['list-a', 'list-b'])
    const rest = await s3.send(
      new ListBucketsCommand({
        Prefix: 'list-',
        MaxBuckets: 2,
        ContinuationToken: page.ContinuationToken,
      }),
    )
    expect(rest.Buckets?.map((bucket) => bucket.Name)).toEqual(['list-c'])
    expect(rest.ContinuationToken).toBeUndefined()
  })

  it('take a location only where it is the own one', async () => {
    const create = (constraint: string) =>
      backend.send({
        method: 'PUT',
        target: '/located',
        body: `<CreateBucketConfiguration><LocationConstraint>${constraint}</LocationConstraint></CreateBucketConfiguration>`,
      })
    expect(errorCode(await create('eu-west-3'))).toBe('InvalidLocationConstraint')
    expect((await create('us-east-1')).status).toBe(200)
  })

  it('have tags', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'tagged' }))
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket: 'tagged' }))).rejects.toMatchObject({
      name: 'NoSuchTagSet',
    })
    const TagSet = [
      { Key: 'b', Value: 'ü +-=._:/@ 日' },
      { Key: 'a', Value: '' },
    ]
    await s3.send(new PutBucketTaggingCommand({ Bucket: 'tagged', Tagging: { TagSet } }))
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket: 'tagged' }))).TagSet).toEqual(TagSet)
    await s3.send(new DeleteBucketTaggingCommand({ Bucket: 'tagged' }))
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket: 'tagged' }))).rejects.toMatchObject({
      name: 'NoSuchTagSet',
    })
  })

  it('answer the document that S3 documents', async () => {
    const response = await backend.send({ method: 'GET', target: '/?prefix=first' })
    expect(text(response)).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<ListAllMyBucketsResult xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/"><Owner><ID>s3warden<\/ID><DisplayName>s3warden<\/DisplayName><\/Owner><Buckets><Bucket><Name>first<\/Name><CreationDate>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z<\/CreationDate><\/Bucket><\/Buckets><Prefix>first<\/Prefix><\/ListAllMyBucketsResult>$/,
    )
  })
})
