/**
 * The parameters by which a URL is signed: spelt exactly so, part of no operation, and never forwarded.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
 */

export const SIGV4_PARAMETERS: ReadonlySet<string> = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Content-Sha256',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
])

export const SIGV2_PARAMETERS: ReadonlySet<string> = new Set(['AWSAccessKeyId', 'Expires', 'Signature'])

export const AUTHENTICATION_PARAMETERS: ReadonlySet<string> = new Set([
  ...SIGV4_PARAMETERS,
  ...SIGV2_PARAMETERS,
])
