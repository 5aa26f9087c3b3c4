import { describe, expect, test } from 'vitest'
import { OPERATIONS, type OperationName, parameter } from '../../src/s3/operation.ts'
import model from '../data/s3-operations.json' with { type: 'json' }
import { match, refusal } from './requests.ts'

describe('no sub-resource falls through to the plain operation', () => {
  const hazards = model.operations.filter((operation) => 'fallthroughHazard' in operation)

  test('there are as many hazards as the table of operations names', () => {
    expect(hazards).toHaveLength(46)
  })

  test.each(hazards)('$name', (operation) => {
    const bare = Object.keys(operation.query.required)[0] ?? ''
    for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH']) {
      let name: OperationName | undefined
      try {
        name = match(method, operation.level as 'bucket', bare).name
      } catch {
        continue
      }
      expect(Object.keys(OPERATIONS[name].query.required)).toContain(bare)
    }
  })
})

describe('refusals of requests that are no operation', () => {
  test.each([
    [
      'GET',
      'bucket',
      'acl&policy',
      {},
      'InvalidArgument',
      'Conflicting query string parameters: acl, policy',
    ],
    [
      'GET',
      'object',
      'tagging&acl',
      {},
      'InvalidArgument',
      'Conflicting query string parameters: acl, tagging',
    ],
    [
      'DELETE',
      'bucket',
      'cors&lifecycle',
      {},
      'InvalidArgument',
      'Conflicting query string parameters: cors, lifecycle',
    ],
    [
      'GET',
      'object',
      'uploadId=1&tagging',
      {},
      'InvalidArgument',
      'Conflicting query string parameters: tagging, uploadId',
    ],
    [
      'GET',
      'object',
      'versionId=1&versionId=2',
      {},
      'InvalidArgument',
      'The parameter versionId must be given only once.',
    ],
    [
      'PUT',
      'object',
      'partNumber=1',
      {},
      'InvalidArgument',
      'This operation does not accept partNumber without uploadId',
    ],
    ['PUT', 'object', 'versionId=1', {}, 'InvalidArgument', 'This operation does not accept a version-id.'],
    [
      'PUT',
      'object',
      'uploadId=1',
      {},
      'InvalidArgument',
      'This operation requires a valid parameter partNumber.',
    ],
    [
      'GET',
      'object',
      'uploadId=',
      {},
      'InvalidArgument',
      'This operation requires a valid parameter uploadId.',
    ],
    [
      'POST',
      'object',
      'select&select-type=1',
      {},
      'InvalidArgument',
      'This operation requires a valid parameter select-type.',
    ],
    ['DELETE', 'bucket', 'analytics', {}, 'InvalidArgument', 'This operation requires a valid parameter id.'],
    [
      'PUT',
      'bucket',
      'inventory&id=',
      {},
      'InvalidArgument',
      'This operation requires a valid parameter id.',
    ],
    [
      'GET',
      'object',
      'attributes',
      {},
      'InvalidRequest',
      'Missing required header for this request: x-amz-object-attributes',
    ],
    [
      'GET',
      'object',
      '',
      { 'x-amz-copy-source': '/a/b' },
      'InvalidArgument',
      'You can only specify a copy source header for copy requests.',
    ],
    [
      'PUT',
      'object',
      'tagging',
      { 'x-amz-copy-source': '/a/b' },
      'InvalidArgument',
      'You can only specify a copy source header for copy requests.',
    ],
    [
      'PUT',
      'bucket',
      '',
      { 'x-amz-copy-source': '/a/b' },
      'InvalidArgument',
      'You can only specify a copy source header for copy requests.',
    ],
    [
      'POST',
      'bucket',
      '',
      {},
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    ],
    [
      'POST',
      'bucket',
      '',
      { 'content-type': 'application/json' },
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    ],
    ['OPTIONS', 'object', '', {}, 'BadRequest', 'Insufficient information. Origin request header needed.'],
    [
      'OPTIONS',
      'object',
      '',
      { origin: 'http://a' },
      'BadRequest',
      'Invalid Access-Control-Request-Method: null',
    ],
    [
      'POST',
      'service',
      '',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'PUT',
      'service',
      '',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'POST',
      'object',
      '',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'DELETE',
      'bucket',
      'acl',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'HEAD',
      'bucket',
      'acl',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'PUT',
      'bucket',
      'versions',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'PATCH',
      'object',
      '',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'constructor',
      'object',
      '',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'get',
      'object',
      '',
      {},
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    ],
    [
      'DELETE',
      'bucket',
      'constructor',
      {},
      'NotImplemented',
      'A parameter you provided implies functionality that is not implemented',
    ],
    [
      'GET',
      'bucket',
      'ACL',
      {},
      'NotImplemented',
      'A parameter you provided implies functionality that is not implemented',
    ],
    [
      'GET',
      'bucket',
      'list-type=1',
      {},
      'NotImplemented',
      'A parameter you provided implies functionality that is not implemented',
    ],
    [
      'GET',
      'object',
      'policy',
      {},
      'NotImplemented',
      'A parameter you provided implies functionality that is not implemented',
    ],
    [
      'GET',
      'bucket',
      'response-content-type=a',
      {},
      'NotImplemented',
      'A parameter you provided implies functionality that is not implemented',
    ],
    [
      'DELETE',
      'bucket',
      'prefix=a',
      {},
      'NotImplemented',
      'A parameter you provided implies functionality that is not implemented',
    ],
  ] as const)('%s %s ?%s %j', (method, level, query, headers, code, message) => {
    const error = refusal(() => match(method, level, query, headers))
    expect([error.code, error.message]).toEqual([code, message])
  })

  test('two sub-resources name the first, as AWS does', () => {
    expect(refusal(() => match('GET', 'bucket', 'acl&policy')).elements).toEqual([
      ['ArgumentName', 'ResourceType'],
      ['ArgumentValue', 'acl'],
    ])
  })
})

describe('what backends know beyond S3 means nothing here', () => {
  test.each([
    // MinIO
    ['GET', 'bucket', 'events=s3:*', 'ListObjects'],
    ['GET', 'service', 'events=', 'ListBuckets'],
    ['GET', 'object', 'lambdaArn=x', 'GetObject'],
    ['GET', 'bucket', 'replication-metrics', 'ListObjects'],
    ['GET', 'bucket', 'list-type=2&metadata=true', 'ListObjectsV2'],
    ['GET', 'bucket', 'versions&metadata=true', 'ListObjectVersions'],
    // Ceph
    ['GET', 'service', 'usage', 'ListBuckets'],
    ['GET', 'object', 'layout', 'GetObject'],
    ['GET', 'object', 'rgwx-stat=true', 'GetObject'],
    ['GET', 'bucket', 'format=json', 'ListObjects'],
    // other query forms of a service
    ['GET', 'service', 'max-directory-buckets=1', 'ListBuckets'],
    ['GET', 'service', 'Action=ListUsers', 'ListBuckets'],
    // an operation's own at another one
    ['GET', 'bucket', 'acl&prefix=a', 'GetBucketAcl'],
    ['GET', 'bucket', 'list-type=2&marker=a', 'ListObjectsV2'],
    ['GET', 'object', 'prefix=a', 'GetObject'],
  ] as const)('%s %s ?%s is %s', (method, level, query, name) => {
    const matched = match(method, level, query)
    expect(matched.name).toBe(name)
    expect(matched.idle).toEqual([query.split('&').at(-1)?.split('=')[0]])
    expect(matched.params.map(([parameter]) => parameter)).not.toContain(matched.idle[0])
  })

  test.each([
    ['PUT', 'bucket', 'replication-reset'],
    ['PUT', 'object', 'append&position=0'],
    ['POST', 'object', 'uploads&Action=ListUsers'],
    ['DELETE', 'object', 'x'],
  ] as const)('%s %s ?%s is refused', (method, level, query) => {
    expect(refusal(() => match(method, level, query)).code).toBe('NotImplemented')
  })

  test('POST / reaches no identity service', () => {
    expect(refusal(() => match('POST', 'service', '')).code).toBe('MethodNotAllowed')
  })
})

describe('operations that share a request line', () => {
  test.each([
    ['PUT', 'object', '', {}, 'PutObject'],
    ['PUT', 'object', '', { 'x-amz-copy-source': 'a/b' }, 'CopyObject'],
    ['PUT', 'object', 'uploadId=1&partNumber=1', {}, 'UploadPart'],
    ['PUT', 'object', 'partNumber=1&uploadId=1', { 'x-amz-copy-source': 'a/b' }, 'UploadPartCopy'],
    ['GET', 'bucket', '', {}, 'ListObjects'],
    ['GET', 'bucket', 'list-type=2&prefix=a', {}, 'ListObjectsV2'],
    ['GET', 'bucket', 'versions', {}, 'ListObjectVersions'],
    ['GET', 'bucket', 'inventory', {}, 'ListBucketInventoryConfigurations'],
    ['GET', 'bucket', 'id=a&inventory', {}, 'GetBucketInventoryConfiguration'],
    ['GET', 'object', 'annotation', {}, 'ListObjectAnnotations'],
    ['GET', 'object', 'annotation&annotationName=a', {}, 'GetObjectAnnotation'],
    ['GET', 'object', 'partNumber=1', {}, 'GetObject'],
    ['POST', 'bucket', '', { 'content-type': 'Multipart/Form-Data; boundary=a' }, 'PostObject'],
    [
      'OPTIONS',
      'bucket',
      'acl&policy&x&x',
      { origin: 'a', 'access-control-request-method': 'PUT' },
      'CorsPreflightBucket',
    ],
  ] as const)('%s %s ?%s %j', (method, level, query, headers, name) => {
    expect(match(method, level, query, headers).name).toBe(name)
  })
})

test('parameters are kept as sent, without the signature and without a value for a sub-resource', () => {
  const operation = match('GET', 'object', 'acl=x&x-id=GetObjectAcl&versionId=a%2Fb&X-Amz-Date=1&Expires=2')
  expect(operation.params).toEqual([
    ['acl', ''],
    ['versionId', 'a/b'],
  ])
  expect(parameter(operation, 'versionId')).toBe('a/b')
  expect(parameter(operation, 'prefix')).toBeUndefined()
})
