/**
 * Valid requests of every kind that a client may send about objects. Each has a target of its own, so that what reaches
 * the backend tells which one it came from.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { RawHeaders, RawRequest } from '../support/raw-http.ts'
import { type Credentials, encodeQuery } from '../support/reference-signer.ts'
import {
  chunked as chunk,
  postForm,
  presigned as presign,
  type S3Request,
  signed as sign,
} from '../support/s3-request.ts'

/** Whose requests they are, and where. */
export interface Tenant {
  readonly host: string
  readonly credentials: Credentials
  readonly projectId: string
  readonly bucket: string
}

export interface Base {
  readonly kind: string
  readonly request: RawRequest
}

const md5 = (data: Buffer | string) => createHash('md5').update(data).digest('base64')
const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('base64')
const crc = (data: Buffer) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(data))
  return bytes.toString('base64')
}

const SMALL = Buffer.from('the data of an object\n')
/** Longer than what the gate gathers before it sends anything on. */
const LARGE = Buffer.alloc(40_000, 'a longer object, ')

const COMPLETE =
  '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><PartNumber>1</PartNumber><ETag>"0123456789abcdef0123456789abcdef"</ETag></Part></CompleteMultipartUpload>'
const DELETE =
  '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>'
const TAGGING = '<Tagging><TagSet><Tag><Key>k</Key><Value>v w</Value></Tag></TagSet></Tagging>'

/** What requests come with and means nothing for them: on reads more than on writes. */
export interface Idle {
  readonly headers: { readonly read: RawHeaders; readonly write: RawHeaders }
  /** Pieces of a query. */
  readonly parameters: { readonly read: readonly string[]; readonly write: readonly string[] }
}

export const NOTHING: Idle = { headers: { read: [], write: [] }, parameters: { read: [], write: [] } }

/** Signs all of them now: they are good for a quarter of an hour. */
export function basesOf({ host, credentials, projectId, bucket }: Tenant, idle: Idle): readonly Base[] {
  /** With what means nothing, signed as everything else. */
  const withIdle = (request: S3Request): S3Request => {
    const side = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write'
    const parameters = idle.parameters[side].join('&')
    const joint = request.target.includes('?') ? '&' : '?'
    return {
      ...request,
      target: parameters === '' ? request.target : `${request.target}${joint}${parameters}`,
      headers: [...(request.headers ?? []), ...idle.headers[side]],
    }
  }
  const signed = (...[who, request, options]: Parameters<typeof sign>) =>
    sign(who, withIdle(request), options)
  const presigned = (...[who, request, options]: Parameters<typeof presign>) =>
    presign(who, withIdle(request), options)
  const chunked = (...[who, request, options]: Parameters<typeof chunk>) =>
    chunk(who, withIdle(request), options)
  const at = Date.now()
  const there: Credentials = { ...credentials, accessKey: `${credentials.accessKey}@${projectId}` }
  const options = { host, at }
  const on = (rest: string) => `/${bucket}${rest}`
  const base = (kind: string, request: RawRequest): Base => ({ kind, request })
  const header = (kind: string, method: string, rest: string, more: Partial<S3Request> = {}) =>
    base(kind, signed(credentials, { method, target: on(rest), ...more }, options))
  return [
    header('get', 'GET', '/get'),
    header('get a range', 'GET', '/range', { headers: [['Range', 'bytes=0-3']] }),
    header('get a version', 'GET', '/version?versionId=v1'),
    header('get an awkward key', 'GET', '/a%20b%2Bc%25%C3%BC//d~e%2f(f)'),
    header('head', 'HEAD', '/head'),
    header('delete', 'DELETE', '/delete'),
    header('delete a version', 'DELETE', '/delete-version?versionId=v1'),
    header('list', 'GET', '?list-type=2&prefix=a%2Fb%20c&delimiter=/&max-keys=7&fetch-owner=true'),
    header('list in the old way', 'GET', '?prefix=old&marker=m&encoding-type=url'),
    header('list uploads', 'GET', '?uploads'),
    header('put', 'PUT', '/put', { body: SMALL }),
    header('put nothing', 'PUT', '/put-nothing'),
    header('put a long one', 'PUT', '/put-long', { body: LARGE }),
    header('put with everything', 'PUT', '/put-everything', {
      body: SMALL,
      headers: [
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['Cache-Control', 'no-cache'],
        ['Content-MD5', md5(SMALL)],
        ['x-amz-checksum-crc32', crc(SMALL)],
        ['x-amz-sdk-checksum-algorithm', 'CRC32'],
        ['x-amz-meta-colour', 'dark  \xfcber red'],
        ['x-amz-tagging', 'a=b&c=d'],
        ['x-amz-acl', 'private'],
      ],
    }),
    base(
      'put, waiting for 100 Continue',
      signed(
        credentials,
        { method: 'PUT', target: on('/put-expect'), body: SMALL, headers: [['Expect', '100-continue']] },
        options,
      ),
    ),
    base(
      'put with an unsigned payload',
      signed(
        credentials,
        { method: 'PUT', target: on('/put-unsigned'), body: LARGE },
        { ...options, payload: 'UNSIGNED-PAYLOAD', unsigned: ['content-length'] },
      ),
    ),
    base(
      'put with an unsigned payload and a checksum',
      signed(
        credentials,
        {
          method: 'PUT',
          target: on('/put-checked'),
          body: LARGE,
          headers: [['x-amz-checksum-sha256', sha256(LARGE)]],
        },
        { ...options, payload: 'UNSIGNED-PAYLOAD', unsigned: ['content-length'] },
      ),
    ),
    base(
      'put with few headers signed',
      signed(
        credentials,
        {
          method: 'PUT',
          target: on('/put-few'),
          body: SMALL,
          headers: [
            ['User-Agent', 'fuzz'],
            ['Accept-Encoding', 'identity'],
            ['Accept', '*/*'],
          ],
        },
        { ...options, unsigned: ['content-length', 'user-agent', 'accept-encoding', 'accept'] },
      ),
    ),
    base('get in a project', signed(there, { method: 'GET', target: on('/get-project') }, options)),
    header('copy', 'PUT', '/copy', {
      headers: [['x-amz-copy-source', `/${bucket}/the%20source?versionId=v1`]],
    }),
    header('copy a part', 'PUT', '/copy-part?partNumber=2&uploadId=u1', {
      headers: [
        ['x-amz-copy-source', `${bucket}/source`],
        ['x-amz-copy-source-range', 'bytes=0-9'],
      ],
    }),
    header('create an upload', 'POST', '/multipart?uploads'),
    header('upload a part', 'PUT', '/multipart?partNumber=1&uploadId=u1', { body: SMALL }),
    header('list parts', 'GET', '/multipart?uploadId=u1'),
    header('complete an upload', 'POST', '/multipart?uploadId=u1', { body: COMPLETE }),
    header('abort an upload', 'DELETE', '/multipart?uploadId=u1'),
    header('delete many', 'POST', '?delete', { body: DELETE, headers: [['Content-MD5', md5(DELETE)]] }),
    header('tag', 'PUT', '/tagged?tagging', { body: TAGGING, headers: [['Content-MD5', md5(TAGGING)]] }),
    header('read tags', 'GET', '/tagged?tagging='),
    base(
      'presigned get',
      presigned(
        credentials,
        { method: 'GET', target: on('/presigned-get?response-content-type=text%2Fplain') },
        options,
      ),
    ),
    base(
      'presigned get in a project',
      presigned(there, { method: 'GET', target: on('/presigned-project') }, options),
    ),
    base(
      'presigned head',
      presigned(credentials, { method: 'HEAD', target: on('/presigned-head') }, options),
    ),
    base(
      'presigned delete',
      presigned(credentials, { method: 'DELETE', target: on('/presigned-delete') }, options),
    ),
    base(
      'presigned put',
      presigned(
        credentials,
        {
          method: 'PUT',
          target: on('/presigned-put'),
          body: LARGE,
          headers: [['Content-Type', 'text/plain']],
        },
        options,
      ),
    ),
    base(
      'presigned put with hoisted headers',
      presigned(
        credentials,
        {
          method: 'PUT',
          target: on(
            `/presigned-hoisted?x-amz-meta-colour=${encodeQuery('red ü')}&x-amz-acl=private&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-id=PutObject`,
          ),
          body: SMALL,
        },
        options,
      ),
    ),
    base(
      'presigned copy, hoisted',
      presigned(
        credentials,
        {
          method: 'PUT',
          target: on(`/presigned-copy?x-amz-copy-source=${encodeQuery(`/${bucket}/source`)}`),
        },
        options,
      ),
    ),
    base(
      'signed chunks',
      chunked(
        credentials,
        { method: 'PUT', target: on('/chunks'), body: SMALL },
        { ...options, mode: 'signed' },
      ).request,
    ),
    base(
      'many signed chunks',
      chunked(
        credentials,
        { method: 'PUT', target: on('/many-chunks'), body: LARGE },
        { ...options, mode: 'signed', chunkSize: 8192, contentEncoding: null, unsigned: ['content-length'] },
      ).request,
    ),
    base(
      'signed chunks and trailer',
      chunked(
        credentials,
        { method: 'PUT', target: on('/chunks-trailer'), body: LARGE },
        {
          ...options,
          mode: 'signed-trailer',
          chunkSize: 16_384,
          trailers: [['x-amz-checksum-crc32', crc(LARGE)]],
          unsigned: ['content-length'],
        },
      ).request,
    ),
    base(
      'a part in signed chunks and trailer',
      chunked(
        credentials,
        { method: 'PUT', target: on('/multipart?partNumber=3&uploadId=u1'), body: SMALL },
        { ...options, mode: 'signed-trailer', trailers: [['x-amz-checksum-sha256', sha256(SMALL)]] },
      ).request,
    ),
    base(
      'unsigned chunks and trailer',
      chunked(
        credentials,
        { method: 'PUT', target: on('/unsigned-trailer'), body: LARGE },
        {
          ...options,
          mode: 'unsigned-trailer',
          chunkSize: 10_000,
          contentEncoding: 'gzip,aws-chunked',
          trailers: [['x-amz-checksum-crc32', crc(LARGE)]],
          unsigned: ['content-length'],
        },
      ).request,
    ),
    base(
      'unsigned chunks and trailer within chunks of HTTP',
      chunked(
        credentials,
        { method: 'PUT', target: on('/unsigned-chunked'), body: SMALL },
        {
          ...options,
          mode: 'unsigned-trailer',
          framing: 'chunked',
          trailers: [['x-amz-checksum-sha256', sha256(SMALL)]],
        },
      ).request,
    ),
    base(
      'a form',
      postForm(credentials, {
        ...options,
        bucket,
        fields: [
          ['key', 'form'],
          ['Content-Type', 'text/plain'],
          ['x-amz-meta-colour', 'red'],
          ['acl', 'private'],
        ],
        conditions: [
          { bucket },
          { key: 'form' },
          { 'content-type': 'text/plain' },
          { 'x-amz-meta-colour': 'red' },
          { acl: 'private' },
          ['content-length-range', 0, 100],
        ],
        file: SMALL,
      }),
    ),
  ]
}
