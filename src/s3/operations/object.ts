/** Objects: their data, in one piece or many, and their removal. */
import {
  BYPASS,
  CHECKSUMS,
  CONDITIONAL_READ,
  CONDITIONAL_WRITE,
  COPY_SOURCE,
  COPY_SOURCE_CONDITIONS,
  EVENT_HOLD,
  LEGAL_HOLD,
  MP_OBJECT_SIZE,
  NEW_OBJECT,
  OWNER,
  PAYER,
  RETENTION,
  SDK_CHECKSUM,
  SOURCE_OWNER,
  SSE_CUSTOMER,
  SSE_CUSTOMER_OF_SOURCE,
} from './header-lists.ts'
import { knows, NO_QUERY, needs, needsVersioned, type OperationRow, onVersion, subresource } from './row.ts'

const object = {
  level: 'object',
  matching: 'request',
  query: NO_QUERY,
  body: 'none',
  checksumRequired: false,
  streamingAllowed: false,
  successStatus: 200,
  disposition: 'forward',
} as const

const read = {
  ...object,
  query: {
    required: {},
    optional: [
      'partNumber',
      'response-cache-control',
      'response-content-disposition',
      'response-content-encoding',
      'response-content-language',
      'response-content-type',
      'response-expires',
      'versionId',
    ],
  },
  headers: knows(...CONDITIONAL_READ, 'range', 'x-amz-checksum-mode', OWNER, PAYER, ...SSE_CUSTOMER),
  access: 'read',
  iam: needsVersioned('s3:GetObject', 's3:GetObjectVersion'),
} as const

/** An entity tag in `If-Match` is a question about the object that is there: to ask it takes leave to read. */
const IF_MATCH_READS = {
  when: { kind: 'headerIsEtag', name: 'if-match' },
  effect: 'add',
  action: 's3:GetObject',
  resource: 'object',
} as const

const BYPASSES_RETENTION = {
  when: { kind: 'headerEquals', name: BYPASS, value: 'true' },
  effect: 'add',
  action: 's3:BypassGovernanceRetention',
  resource: 'object',
} as const

const SOURCE_VERSION = {
  when: { kind: 'copySourceVersion' },
  effect: 'replace',
  replaces: 's3:GetObject',
  action: 's3:GetObjectVersion',
  resource: 'copySource',
} as const

/** What the headers of a new object ask for beside storing it. */
const GIVES = [
  { when: { kind: 'aclBeyondPrivate' }, effect: 'add', action: 's3:PutObjectAcl', resource: 'object' },
  {
    when: { kind: 'anyHeader', names: ['x-amz-tagging'] },
    effect: 'add',
    action: 's3:PutObjectTagging',
    resource: 'object',
  },
  {
    when: { kind: 'anyHeader', names: RETENTION },
    effect: 'add',
    action: 's3:PutObjectRetention',
    resource: 'object',
  },
  {
    when: { kind: 'anyHeader', names: [LEGAL_HOLD] },
    effect: 'add',
    action: 's3:PutObjectLegalHold',
    resource: 'object',
  },
  { when: { kind: 'anyHeader', names: EVENT_HOLD }, effect: 'refuse' },
] as const

const part = { required: { partNumber: 'non-empty', uploadId: 'non-empty' }, optional: [] } as const
const upload = { required: { uploadId: 'non-empty' }, optional: [] } as const

export const OBJECT_OPERATIONS = {
  GetObject: { ...read, method: 'GET' },
  HeadObject: { ...read, method: 'HEAD' },
  PutObject: {
    ...object,
    method: 'PUT',
    headers: {
      required: [],
      forbidden: [COPY_SOURCE],
      known: [
        ...NEW_OBJECT,
        'content-length',
        'content-md5',
        ...CONDITIONAL_WRITE,
        ...CHECKSUMS,
        SDK_CHECKSUM,
        'x-amz-write-offset-bytes',
      ],
    },
    body: 'stream',
    streamingAllowed: true,
    access: 'write',
    iam: {
      required: [{ action: 's3:PutObject', resource: 'object' }],
      conditional: [...GIVES, IF_MATCH_READS],
    },
  },
  // A browser's upload. Forwarded as PutObject: its form's fields stand for that operation's headers.
  PostObject: {
    ...object,
    method: 'POST',
    level: 'bucket',
    headers: { required: ['content-type'], forbidden: [], known: [] },
    body: 'form',
    successStatus: 204,
    access: 'write',
    iam: { required: [{ action: 's3:PutObject', resource: 'object' }], conditional: GIVES },
  },
  // Tags and annotations that the source has are copied along without a check of their own: what a source has is the
  // backend's state, and nothing is decided by state that may have changed meanwhile.
  CopyObject: {
    ...object,
    method: 'PUT',
    headers: {
      required: [COPY_SOURCE],
      forbidden: [],
      known: [
        ...NEW_OBJECT,
        ...CONDITIONAL_WRITE,
        COPY_SOURCE,
        ...COPY_SOURCE_CONDITIONS,
        ...SSE_CUSTOMER_OF_SOURCE,
        SOURCE_OWNER,
        'x-amz-checksum-algorithm',
        'x-amz-metadata-directive',
        'x-amz-object-annotation-directive',
        'x-amz-tagging-directive',
      ],
    },
    access: 'write',
    iam: {
      required: [
        { action: 's3:PutObject', resource: 'object' },
        { action: 's3:GetObject', resource: 'copySource' },
      ],
      conditional: [SOURCE_VERSION, ...GIVES, IF_MATCH_READS],
    },
  },
  DeleteObject: {
    ...object,
    method: 'DELETE',
    query: { required: {}, optional: ['versionId'] },
    headers: knows(
      'if-match',
      BYPASS,
      OWNER,
      PAYER,
      'x-amz-if-match-last-modified-time',
      'x-amz-if-match-size',
      'x-amz-mfa',
    ),
    successStatus: 204,
    access: 'delete',
    iam: {
      required: [{ action: 's3:DeleteObject', resource: 'object' }],
      conditional: [
        onVersion('s3:DeleteObject', 's3:DeleteObjectVersion'),
        BYPASSES_RETENTION,
        IF_MATCH_READS,
      ],
    },
  },
  // One decision a key: the permitted ones go to the backend, the others are answered AccessDenied.
  DeleteObjects: {
    ...object,
    method: 'POST',
    level: 'bucket',
    query: subresource('delete'),
    headers: knows(BYPASS, OWNER, PAYER, SDK_CHECKSUM, 'x-amz-mfa'),
    body: 'xml',
    checksumRequired: true,
    access: 'delete',
    iam: {
      required: [{ action: 's3:DeleteObject', resource: 'eachKey' }],
      conditional: [
        {
          when: { kind: 'body', has: 'objectVersionId' },
          effect: 'replace',
          replaces: 's3:DeleteObject',
          action: 's3:DeleteObjectVersion',
          resource: 'eachKey',
        },
        {
          when: { kind: 'headerEquals', name: BYPASS, value: 'true' },
          effect: 'add',
          action: 's3:BypassGovernanceRetention',
          resource: 'eachKey',
        },
        {
          when: { kind: 'body', has: 'objectEtag' },
          effect: 'add',
          action: 's3:GetObject',
          resource: 'eachKey',
        },
      ],
    },
  },

  CreateMultipartUpload: {
    ...object,
    method: 'POST',
    query: subresource('uploads'),
    headers: knows(...NEW_OBJECT, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'),
    access: 'write',
    iam: { required: [{ action: 's3:PutObject', resource: 'object' }], conditional: GIVES },
  },
  UploadPart: {
    ...object,
    method: 'PUT',
    query: part,
    headers: {
      required: [],
      forbidden: [COPY_SOURCE],
      known: ['content-length', 'content-md5', ...CHECKSUMS, OWNER, PAYER, SDK_CHECKSUM, ...SSE_CUSTOMER],
    },
    body: 'stream',
    streamingAllowed: true,
    access: 'write',
    iam: needs('s3:PutObject', 'object'),
  },
  UploadPartCopy: {
    ...object,
    method: 'PUT',
    query: part,
    headers: {
      required: [COPY_SOURCE],
      forbidden: [],
      known: [
        COPY_SOURCE,
        ...COPY_SOURCE_CONDITIONS,
        'x-amz-copy-source-range',
        ...SSE_CUSTOMER_OF_SOURCE,
        OWNER,
        PAYER,
        ...SSE_CUSTOMER,
        SOURCE_OWNER,
      ],
    },
    access: 'write',
    iam: {
      required: [
        { action: 's3:PutObject', resource: 'object' },
        { action: 's3:GetObject', resource: 'copySource' },
      ],
      conditional: [SOURCE_VERSION],
    },
  },
  ListParts: {
    ...object,
    method: 'GET',
    query: { ...upload, optional: ['max-parts', 'part-number-marker'] },
    headers: knows(OWNER, PAYER, ...SSE_CUSTOMER),
    access: 'list',
    iam: needs('s3:ListMultipartUploadParts', 'object'),
  },
  CompleteMultipartUpload: {
    ...object,
    method: 'POST',
    query: upload,
    headers: knows(
      ...CONDITIONAL_WRITE,
      ...CHECKSUMS,
      'x-amz-checksum-type',
      OWNER,
      MP_OBJECT_SIZE,
      PAYER,
      ...SSE_CUSTOMER,
    ),
    body: 'xml',
    access: 'write',
    iam: { required: [{ action: 's3:PutObject', resource: 'object' }], conditional: [IF_MATCH_READS] },
  },
  AbortMultipartUpload: {
    ...object,
    method: 'DELETE',
    query: upload,
    headers: knows(OWNER, 'x-amz-if-match-initiated-time', PAYER),
    successStatus: 204,
    access: 'delete',
    iam: needs('s3:AbortMultipartUpload', 'object'),
  },
} as const satisfies Record<string, OperationRow>
