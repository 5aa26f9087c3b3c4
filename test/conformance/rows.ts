/**
 * What is asked, in this order, of one bucket: every operation that the gate offers on every backend, and the refusals
 * that a client meets. What must come back stands in `expected/`.
 */
import { createHash } from 'node:crypto'
import type { RawRequest } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { postForm, presigned, type S3Request, type SigningOptions, signed } from '../support/s3-request.ts'

/** What requests are made of. */
export interface Stand {
  readonly host: string
  readonly credentials: Credentials
  /** Of another project. */
  readonly stranger: Credentials
  readonly bucket: string
  /** A bucket of the stranger's. */
  readonly foreign: string
  /** Texts of earlier answers, by the row's `keep`. */
  readonly kept: ReadonlyMap<string, string>
}

export interface Row {
  readonly name: string
  readonly make: (stand: Stand) => RawRequest
  /** Remembers the text of this element, or the value of this header, under a name of its own. */
  readonly keep?: { readonly as: string; readonly element?: string; readonly header?: string }
}

type Asked = Omit<S3Request, 'method' | 'target'>

/** A request about the bucket; `{name}` stands for what was kept under that name. */
function row(
  name: string,
  line: string,
  asked: Asked = {},
  more: Partial<Pick<Row, 'keep'>> & { readonly options?: Partial<SigningOptions> } = {},
): Row {
  const [method = '', rest = ''] = line.split(' ')
  return {
    name,
    ...(more.keep === undefined ? {} : { keep: more.keep }),
    make: (stand) => {
      const fill = (text: string) =>
        text.replace(/\{([\w-]+)\}/g, (_, kept: string) =>
          kept === 'bucket'
            ? stand.bucket
            : kept === 'foreign'
              ? stand.foreign
              : (stand.kept.get(kept) ?? ''),
        )
      return signed(
        stand.credentials,
        {
          method,
          target: fill(rest),
          ...asked,
          ...(typeof asked.body === 'string' ? { body: fill(asked.body) } : {}),
          ...(asked.headers === undefined
            ? {}
            : { headers: asked.headers.map(([header, value]) => [header, fill(value)] as const) }),
        },
        { host: stand.host, ...more.options },
      )
    },
  }
}

const md5 = (text: string | Buffer) => createHash('md5').update(text).digest('base64')
const withMd5 = (body: string): Asked => ({ body, headers: [['Content-MD5', md5(body)]] })

const PART = Buffer.alloc(5 * 1024 * 1024, 'p')
const OWN = { namespace: 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"' }
const complete = (etag: string) =>
  `<CompleteMultipartUpload ${OWN.namespace}><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`

export const ROWS: readonly Row[] = [
  row('CreateBucket', 'PUT /{bucket}'),
  row('CreateBucket: mine already', 'PUT /{bucket}'),
  row("CreateBucket: another's", 'PUT /{foreign}'),
  row('CreateBucket: no name', 'PUT /UPPER_case'),
  row('HeadBucket', 'HEAD /{bucket}'),
  row('HeadBucket: none', 'HEAD /no-such-bucket-at-all'),
  row('GetBucketLocation', 'GET /{bucket}?location'),
  row('GetBucketAcl', 'GET /{bucket}?acl'),
  row('ListBuckets', 'GET /'),
  row('ListBuckets: a page', 'GET /?max-buckets=1&prefix=conformance'),
  row('GetBucketVersioning: never set', 'GET /{bucket}?versioning'),
  row('ListObjectsV2: empty', 'GET /{bucket}?list-type=2'),
  row('ListObjects: empty', 'GET /{bucket}'),
  row('GetBucketTagging: none', 'GET /{bucket}?tagging'),

  row('PutObject', 'PUT /{bucket}/hello.txt', {
    body: 'hello',
    headers: [
      ['Content-Type', 'text/plain'],
      ['Cache-Control', 'no-cache'],
      ['Content-Disposition', 'attachment'],
      ['Content-Language', 'en'],
      ['x-amz-meta-colour', 'red'],
    ],
  }),
  row('PutObject: nothing', 'PUT /{bucket}/folder/empty'),
  row('PutObject: a key to be escaped', 'PUT /{bucket}/folder/a%26b%20%3Cc%3E', { body: 'x' }),
  row(
    'PutObject: without a length',
    'PUT /{bucket}/k',
    { headers: [['Transfer-Encoding', 'chunked']], body: '0\r\n\r\n' },
    { options: { payload: 'UNSIGNED-PAYLOAD' } },
  ),
  row('PutObject: another body', 'PUT /{bucket}/k', { body: 'x', headers: [['Content-MD5', md5('y')]] }),
  row('PutObject: a digest that is none', 'PUT /{bucket}/k', { body: 'x', headers: [['Content-MD5', 'x']] }),
  row(
    'PutObject: another hash',
    'PUT /{bucket}/k',
    { body: 'x' },
    { options: { payload: createHash('sha256').update('y').digest('hex') } },
  ),
  row('PutObject: no bucket', 'PUT /no-such-bucket-at-all/k', { body: 'x' }),
  row('PutObject: a key too long', `PUT /{bucket}/${'k'.repeat(1025)}`, { body: 'x' }),
  row('GetObject', 'GET /{bucket}/hello.txt'),
  row('GetObject: a range', 'GET /{bucket}/hello.txt', { headers: [['Range', 'bytes=1-3']] }),
  row('GetObject: a suffix', 'GET /{bucket}/hello.txt', { headers: [['Range', 'bytes=-2']] }),
  row('GetObject: beyond the end', 'GET /{bucket}/hello.txt', { headers: [['Range', 'bytes=9-']] }),
  row('GetObject: not modified', 'GET /{bucket}/hello.txt', {
    headers: [['If-None-Match', '"5d41402abc4b2a76b9719d911017c592"']],
  }),
  row('GetObject: no match', 'GET /{bucket}/hello.txt', { headers: [['If-Match', '"x"']] }),
  row(
    'GetObject: other headers asked for',
    'GET /{bucket}/hello.txt?response-content-type=a%2Fb&response-cache-control=private',
  ),
  row('GetObject: none', 'GET /{bucket}/none'),
  row('HeadObject', 'HEAD /{bucket}/hello.txt'),
  row('HeadObject: none', 'HEAD /{bucket}/none'),
  row('GetObjectAcl', 'GET /{bucket}/hello.txt?acl'),
  row(
    'PutObjectTagging',
    'PUT /{bucket}/hello.txt?tagging',
    withMd5('<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>'),
  ),
  row('GetObjectTagging', 'GET /{bucket}/hello.txt?tagging'),
  row('HeadObject: with tags', 'HEAD /{bucket}/hello.txt'),
  row('DeleteObjectTagging', 'DELETE /{bucket}/hello.txt?tagging'),
  row('CopyObject', 'PUT /{bucket}/copy', { headers: [['x-amz-copy-source', '/{bucket}/hello.txt']] }),
  row('CopyObject: no source', 'PUT /{bucket}/copy', { headers: [['x-amz-copy-source', '/{bucket}/none']] }),
  row('CopyObject: onto itself', 'PUT /{bucket}/hello.txt', {
    headers: [['x-amz-copy-source', '/{bucket}/hello.txt']],
  }),

  row('ListObjectsV2', 'GET /{bucket}?list-type=2'),
  row('ListObjectsV2: folders', 'GET /{bucket}?list-type=2&delimiter=/&prefix=fo'),
  row(
    'ListObjectsV2: with owners, escaped',
    'GET /{bucket}?list-type=2&fetch-owner=true&encoding-type=url&prefix=folder/',
  ),
  row(
    'ListObjectsV2: a page',
    'GET /{bucket}?list-type=2&max-keys=1',
    {},
    { keep: { as: 'token', element: 'NextContinuationToken' } },
  ),
  row('ListObjectsV2: the next page', 'GET /{bucket}?list-type=2&max-keys=1&continuation-token={token}'),
  row('ListObjectsV2: after a key', 'GET /{bucket}?list-type=2&start-after=folder'),
  row('ListObjects', 'GET /{bucket}?delimiter=/&max-keys=1'),
  row('ListObjects: the next page', 'GET /{bucket}?delimiter=/&max-keys=1&marker=copy'),
  row('ListObjectVersions', 'GET /{bucket}?versions&prefix=hello'),

  row(
    'CreateMultipartUpload',
    'POST /{bucket}/large?uploads',
    { headers: [['Content-Type', 'text/plain']] },
    { keep: { as: 'upload', element: 'UploadId' } },
  ),
  row(
    'UploadPart',
    'PUT /{bucket}/large?partNumber=1&uploadId={upload}',
    { body: PART },
    { keep: { as: 'etag', header: 'etag' } },
  ),
  row('UploadPart: number 0', 'PUT /{bucket}/large?partNumber=0&uploadId={upload}', { body: 'x' }),
  row(
    'UploadPartCopy',
    'PUT /{bucket}/large?partNumber=2&uploadId={upload}',
    { headers: [['x-amz-copy-source', '/{bucket}/hello.txt']] },
    { keep: { as: 'etag-2', element: 'ETag' } },
  ),
  row('ListParts', 'GET /{bucket}/large?uploadId={upload}'),
  row('ListMultipartUploads', 'GET /{bucket}?uploads'),
  row('CompleteMultipartUpload: another part', 'POST /{bucket}/large?uploadId={upload}', {
    body: complete('"0123456789abcdef0123456789abcdef"'),
  }),
  row('CompleteMultipartUpload: not XML', 'POST /{bucket}/large?uploadId={upload}', { body: 'parts' }),
  row('CompleteMultipartUpload', 'POST /{bucket}/large?uploadId={upload}', {
    body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part><Part><PartNumber>2</PartNumber><ETag>{etag-2}</ETag></Part></CompleteMultipartUpload>`,
  }),
  row('CompleteMultipartUpload: no upload', 'POST /{bucket}/large?uploadId=none', { body: complete('"0"') }),
  row('HeadObject: of parts', 'HEAD /{bucket}/large'),
  row(
    'CreateMultipartUpload: another',
    'POST /{bucket}/aborted?uploads',
    {},
    { keep: { as: 'upload', element: 'UploadId' } },
  ),
  row('AbortMultipartUpload', 'DELETE /{bucket}/aborted?uploadId={upload}'),
  row('AbortMultipartUpload: again', 'DELETE /{bucket}/aborted?uploadId={upload}'),

  row('DeleteObject', 'DELETE /{bucket}/copy'),
  row('DeleteObject: none', 'DELETE /{bucket}/none'),
  row(
    'DeleteObjects',
    'POST /{bucket}?delete',
    withMd5(
      '<Delete><Object><Key>large</Key></Object><Object><Key>folder/a&amp;b &lt;c&gt;</Key></Object></Delete>',
    ),
  ),
  row(
    'DeleteObjects: quietly',
    'POST /{bucket}?delete',
    withMd5('<Delete><Quiet>true</Quiet><Object><Key>folder/empty</Key></Object></Delete>'),
  ),
  row('DeleteObjects: without a digest', 'POST /{bucket}?delete', {
    body: '<Delete><Object><Key>k</Key></Object></Delete>',
  }),
  row('DeleteObjects: not XML', 'POST /{bucket}?delete', withMd5('keys')),

  row(
    'PutBucketVersioning',
    'PUT /{bucket}?versioning',
    withMd5('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'),
  ),
  row('GetBucketVersioning', 'GET /{bucket}?versioning'),
  row(
    'PutObject: a version',
    'PUT /{bucket}/versioned',
    { body: 'one' },
    { keep: { as: 'version', header: 'x-amz-version-id' } },
  ),
  row('GetObject: a version', 'GET /{bucket}/versioned?versionId={version}'),
  row(
    'DeleteObject: a marker',
    'DELETE /{bucket}/versioned',
    {},
    { keep: { as: 'marker', header: 'x-amz-version-id' } },
  ),
  row('GetObject: behind a marker', 'GET /{bucket}/versioned'),
  row('GetObject: a marker', 'GET /{bucket}/versioned?versionId={marker}'),
  row('ListObjectVersions: of all kinds', 'GET /{bucket}?versions&prefix=versioned'),
  row(
    'DeleteObjects: a version',
    'POST /{bucket}?delete',
    withMd5('<Delete><Object><Key>other</Key></Object></Delete>'),
  ),
  row('DeleteObject: the marker', 'DELETE /{bucket}/versioned?versionId={marker}'),
  row('DeleteObject: the version', 'DELETE /{bucket}/versioned?versionId={version}'),

  {
    name: 'PostObject',
    make: ({ host, credentials, bucket }) =>
      postForm(credentials, { host, bucket, fields: [['key', 'form']], file: 'data' }),
  },
  {
    name: 'PostObject: with a document',
    make: ({ host, credentials, bucket }) =>
      postForm(credentials, {
        host,
        bucket,
        fields: [
          ['key', 'form'],
          ['success_action_status', '201'],
        ],
        file: 'data',
      }),
  },
  {
    name: 'PostObject: with a redirection',
    make: ({ host, credentials, bucket }) =>
      postForm(credentials, {
        host,
        bucket,
        fields: [
          ['key', 'form'],
          ['success_action_redirect', 'https://example.com/done?a=b'],
        ],
        file: 'data',
      }),
  },
  {
    name: 'PostObject: against its policy',
    make: ({ host, credentials, bucket }) =>
      postForm(credentials, {
        host,
        bucket,
        fields: [['key', 'form']],
        conditions: [{ bucket }, { key: 'other' }],
        file: 'data',
      }),
  },
  {
    name: 'presigned GetObject: expired',
    make: ({ host, credentials, bucket }) =>
      presigned(
        credentials,
        { method: 'GET', target: `/${bucket}/hello.txt` },
        { host, at: Date.now() - 60_000, expires: 1 },
      ),
  },
  {
    name: 'a wrong secret',
    make: ({ host, credentials, bucket }) =>
      signed({ ...credentials, secretKey: 'wrong' }, { method: 'GET', target: `/${bucket}` }, { host }),
  },
  {
    name: 'an unknown key',
    make: ({ host, bucket }) =>
      signed({ accessKey: 'NOBODY', secretKey: 'wrong' }, { method: 'GET', target: `/${bucket}` }, { host }),
  },
  {
    name: 'an old signature',
    make: ({ host, credentials, bucket }) =>
      signed(credentials, { method: 'GET', target: `/${bucket}` }, { host, at: Date.now() - 3_600_000 }),
  },
  {
    name: 'a region that is none',
    make: ({ host, credentials, bucket }) =>
      signed(credentials, { method: 'GET', target: `/${bucket}` }, { host, region: 'mars-1' }),
  },
  {
    name: 'nobody',
    make: ({ host, bucket }) => ({ method: 'GET', target: `/${bucket}`, headers: [['Host', host]] }),
  },
  {
    name: 'a stranger',
    make: ({ host, stranger, bucket }) =>
      signed(stranger, { method: 'GET', target: `/${bucket}/hello.txt` }, { host }),
  },
  row('a method that is none', 'PATCH /{bucket}'),
  row('a parameter that means nothing', 'GET /{bucket}?frobnicate'),
  row('DeleteBucket: not empty', 'DELETE /{bucket}'),
  row('DeleteBucket: none', 'DELETE /no-such-bucket-at-all'),
]
