/**
 * What a backend's refusal means for the client: its code where it is one of S3's, and nothing else of it. Messages,
 * names, request ids and keys of the backend stay here; a refusal of the gate's own credential is the gate's fault.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import { type ErrorElements, S3_ERRORS, S3Error, type S3ErrorCode } from '../../s3/error.ts'
import type { HeaderList } from '../../s3/headers.ts'
import { isReadDifferently } from '../../sigv4/white-space.ts'
import type { BackendAnswer, BackendHeaders } from './backends.ts'

/** An error document is never longer. */
export const MAX_ERROR_BYTES = 64 * 1024

/** The backend does not accept the gate's signature or credential. */
const OUR_FAULT: ReadonlySet<string> = new Set([
  'AuthorizationHeaderMalformed',
  'AuthorizationQueryParametersError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidSecurity',
  'InvalidToken',
  'InvalidTokenId',
  'MissingAuthenticationToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'XAmzContentSHA256Mismatch',
])

/** What backends call what AWS calls otherwise. */
const ALIASES: Readonly<Record<string, S3ErrorCode>> = {
  ConcurrentModification: 'OperationAborted',
  NoSuchTagSetError: 'NoSuchTagSet',
  XMinioAdminBucketQuotaExceeded: 'QuotaExceeded',
  SlowDownRead: 'SlowDown',
  SlowDownWrite: 'SlowDown',
  XMinioServerNotInitialized: 'ServiceUnavailable',
}

/** For statuses without a document (HEAD), and codes that nobody knows. */
const BY_STATUS: Readonly<Record<number, S3ErrorCode>> = {
  400: 'InvalidRequest',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  405: 'MethodNotAllowed',
  409: 'OperationAborted',
  411: 'MissingContentLength',
  412: 'PreconditionFailed',
  413: 'EntityTooLarge',
  416: 'InvalidRange',
  429: 'SlowDown',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
}

/** Elements that tell something of the request alone. */
const ELEMENTS = ['ActualObjectSize', 'Condition', 'RangeRequested'] as const

/** Headers that mean something beside an error. */
const HEADERS = [
  'allow',
  'content-range',
  'last-modified',
  'retry-after',
  'x-amz-delete-marker',
  'x-amz-version-id',
]

const LONGEST_ELEMENT = 512

/** What a store says of a code, and what AWS says of it. */
interface Words {
  readonly code: S3ErrorCode
  /** AWS's. */
  readonly message: string
  /** The stores' own, where they say it in another way: code and message. */
  readonly said?: readonly (readonly [code: string, message: string])[]
}

/**
 * Messages that tell one refusal from another of the same code, and nothing of the store: the only ones that clients get
 * in the place of the code's own. Found with MinIO of February 2026 and Ceph RGW 16.2.15.
 */
const WORDS: readonly Words[] = [
  {
    code: 'AccessDenied',
    message: 'Access Denied because object protected by object lock.',
    said: [
      ['InvalidRequest', 'Object is WORM protected and cannot be overwritten'],
      ['AccessDenied', 'forbidden by object lock'],
    ],
  },
  {
    code: 'BucketNotEmpty',
    message: 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
  },
  { code: 'InvalidArgument', message: 'Invalid version id specified' },
  { code: 'InvalidArgument', message: 'Part number must be an integer between 1 and 10000, inclusive' },
  { code: 'InvalidBucketState', message: 'Object Lock configuration cannot be enabled on existing buckets' },
  {
    code: 'InvalidBucketState',
    message:
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    said: [
      [
        'InvalidBucketState',
        'An Object Lock configuration is present on this bucket, versioning cannot be suspended.',
      ],
      ['InvalidBucketState', 'bucket versioning cannot be disabled on buckets with object lock enabled'],
    ],
  },
  {
    code: 'InvalidRequest',
    message: 'Bucket is missing ObjectLockConfiguration',
    said: [['InvalidRequest', 'bucket object lock not configured']],
  },
  {
    code: 'InvalidRequest',
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  },
  { code: 'InvalidRequest', message: 'You must specify at least one part' },
  { code: 'InvalidTag', message: 'Cannot provide multiple Tags with the same key' },
  { code: 'InvalidTag', message: 'The TagKey you have provided is invalid' },
  { code: 'InvalidTag', message: 'The TagValue you have provided is invalid' },
]

function wordsFor(code: string, message: string): Words | undefined {
  return WORDS.find(
    (words) =>
      (words.code === code && words.message === message) ||
      words.said?.some(([given, text]) => given === code && text === message),
  )
}

/**
 * @param answer any with a status of 400 or more; an empty body where the request was HEAD
 * @param sent the client's headers that it was asked with
 */
export function readBackendError(answer: BackendAnswer, sent: HeaderList = []): S3Error {
  const document = answer.body.toString('utf8')
  const odd = element(document, 'Code') === 'SignatureDoesNotMatch' ? unreadable(sent) : undefined
  return odd ?? errorOf(answer.status, answer.headers, document)
}

/**
 * A value whose white space this kind of backend may read otherwise than the gate signed it: that the signature is
 * refused is no fault of the credential then.
 */
function unreadable(sent: HeaderList): S3Error | undefined {
  const odd = sent.find(([, value]) => isReadDifferently(value))
  if (odd === undefined) return undefined
  const [name, value] = odd
  return new S3Error('InvalidArgument', {
    message: `The object store of this bucket does not take the white space in the value of ${name}.`,
    elements: [
      ['ArgumentName', name],
      ['ArgumentValue', value],
    ],
    reason: `the backend refused the gate's signature: it reads the white space in ${name} in its own way, or has another secret`,
  })
}

/** An `<Error>` inside an answer that began as a success. */
export function readLateError(document: string): S3Error {
  return errorOf(200, {}, document)
}

function errorOf(status: number, headers: BackendHeaders, document: string): S3Error {
  const given = element(document, 'Code') ?? ''
  if (status === 401 || OUR_FAULT.has(given)) {
    return new S3Error('ServiceUnavailable', {
      source: 'gate',
      reason: `the backend refused the gate's own credential: ${status} ${given}`,
    })
  }
  const known = wordsFor(given, element(document, 'Message') ?? '')
  const code = known?.code ?? codeOf(status, given)
  return new S3Error(code, {
    ...(known === undefined ? {} : { message: known.message }),
    source: S3_ERRORS[code][0] >= 500 ? 'backend' : 'client',
    reason: `backend answered ${status} ${given}`.trimEnd(),
    elements: elementsOf(document),
    headers: headersOf(headers),
  })
}

function codeOf(status: number, given: string): S3ErrorCode {
  if (Object.hasOwn(S3_ERRORS, given)) return given as S3ErrorCode
  const alias = Object.hasOwn(ALIASES, given) ? ALIASES[given] : undefined
  return alias ?? BY_STATUS[status] ?? (status < 500 && status >= 400 ? 'InvalidRequest' : 'BadGateway')
}

function elementsOf(document: string): ErrorElements {
  return ELEMENTS.flatMap((name): ErrorElements => {
    const value = element(document, name)
    return value === undefined ? [] : [[name, value]]
  })
}

function headersOf(headers: BackendHeaders): HeaderList {
  return HEADERS.flatMap((name): HeaderList => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
}

/**
 * The text of the first element of that name. Text cannot hold a raw `<`, so that nothing that a tenant named can pose
 * as an element; text with a reference to anything but an apostrophe counts as absent.
 */
function element(document: string, name: string): string | undefined {
  const open = document.indexOf(`<${name}>`)
  if (open === -1) return undefined
  const start = open + name.length + 2
  const end = document.indexOf('<', start)
  if (end === -1 || end - start > LONGEST_ELEMENT || !document.startsWith(`</${name}>`, end)) return undefined
  const text = document
    .slice(start, end)
    .trim()
    .replace(/&(?:apos|#39);/g, "'")
  return text === '' || text.includes('&') ? undefined : text
}
