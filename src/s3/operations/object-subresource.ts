/** What hangs on an object beside its data: ACL, tags, annotations, lock, restoration, encryption. */
import {
  ACL,
  BYPASS,
  CHECKSUMS,
  CONDITIONAL_READ,
  OWNER,
  PAYER,
  SDK_CHECKSUM,
  SSE_CUSTOMER,
} from './header-lists.ts'
import { knows, needs, needsVersioned, type OperationRow, onVersion, subresource, VERSION } from './row.ts'

const get = {
  method: 'GET',
  level: 'object',
  matching: 'request',
  headers: knows(OWNER, PAYER),
  body: 'none',
  checksumRequired: false,
  streamingAllowed: false,
  successStatus: 200,
  access: 'read',
  disposition: 'forward',
} as const

const put = {
  ...get,
  method: 'PUT',
  headers: knows('content-md5', OWNER, PAYER, SDK_CHECKSUM),
  body: 'xml',
  checksumRequired: true,
  access: 'write',
} as const

const acl = subresource('acl', VERSION)
const tagging = subresource('tagging', VERSION)
const legalHold = subresource('legal-hold', VERSION)
const retention = subresource('retention', VERSION)
const annotation = {
  required: { annotation: 'any', annotationName: 'non-empty' },
  optional: VERSION,
} as const

const BYPASSES_RETENTION = {
  when: { kind: 'headerEquals', name: BYPASS, value: 'true' },
  effect: 'add',
  action: 's3:BypassGovernanceRetention',
  resource: 'object',
} as const

export const OBJECT_SUBRESOURCE_OPERATIONS = {
  // At the backend every object belongs to the gate; the owner to show is the project.
  GetObjectAcl: {
    ...get,
    query: acl,
    iam: needsVersioned('s3:GetObjectAcl', 's3:GetObjectVersionAcl'),
    disposition: 'answer',
  },
  // What says no more than "private" passes; anything else only where the operator opened it.
  PutObjectAcl: {
    ...put,
    query: acl,
    headers: knows('content-md5', ...ACL, OWNER, PAYER, SDK_CHECKSUM),
    iam: needsVersioned('s3:PutObjectAcl', 's3:PutObjectVersionAcl'),
  },

  GetObjectTagging: {
    ...get,
    query: tagging,
    iam: needsVersioned('s3:GetObjectTagging', 's3:GetObjectVersionTagging'),
  },
  PutObjectTagging: {
    ...put,
    query: tagging,
    iam: needsVersioned('s3:PutObjectTagging', 's3:PutObjectVersionTagging'),
  },
  DeleteObjectTagging: {
    ...get,
    method: 'DELETE',
    query: tagging,
    headers: knows(OWNER),
    successStatus: 204,
    access: 'write',
    iam: needsVersioned('s3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging'),
  },

  GetObjectAnnotation: {
    ...get,
    query: annotation,
    headers: knows('x-amz-checksum-mode', OWNER, PAYER),
    iam: needsVersioned('s3:GetObjectAnnotation', 's3:GetObjectVersionAnnotation'),
  },
  ListObjectAnnotations: {
    ...get,
    query: subresource('annotation', [
      'annotation-prefix',
      'continuation-token',
      'max-annotation-results',
      'versionId',
    ]),
    access: 'list',
    iam: needsVersioned('s3:ListObjectAnnotations', 's3:ListObjectVersionAnnotations'),
  },
  PutObjectAnnotation: {
    ...put,
    query: annotation,
    headers: knows('content-md5', ...CHECKSUMS, OWNER, 'x-amz-object-if-match', PAYER, SDK_CHECKSUM),
    body: 'stream',
    checksumRequired: false,
    iam: needsVersioned('s3:PutObjectAnnotation', 's3:PutObjectVersionAnnotation'),
  },
  DeleteObjectAnnotation: {
    ...get,
    method: 'DELETE',
    query: annotation,
    headers: knows(OWNER, 'x-amz-object-if-match', PAYER),
    successStatus: 204,
    access: 'delete',
    iam: {
      required: [{ action: 's3:DeleteObjectAnnotation', resource: 'object' }],
      conditional: [
        onVersion('s3:DeleteObjectAnnotation', 's3:DeleteObjectVersionAnnotation'),
        BYPASSES_RETENTION,
      ],
    },
  },

  GetObjectAttributes: {
    ...get,
    query: subresource('attributes', VERSION),
    headers: {
      required: ['x-amz-object-attributes'],
      forbidden: [],
      known: [
        OWNER,
        PAYER,
        ...SSE_CUSTOMER,
        'x-amz-max-parts',
        'x-amz-object-attributes',
        'x-amz-part-number-marker',
      ],
    },
    iam: {
      required: [
        { action: 's3:GetObject', resource: 'object' },
        { action: 's3:GetObjectAttributes', resource: 'object' },
      ],
      conditional: [
        onVersion('s3:GetObject', 's3:GetObjectVersion'),
        onVersion('s3:GetObjectAttributes', 's3:GetObjectVersionAttributes'),
      ],
    },
  },

  GetObjectLegalHold: { ...get, query: legalHold, iam: needs('s3:GetObjectLegalHold', 'object') },
  PutObjectLegalHold: { ...put, query: legalHold, iam: needs('s3:PutObjectLegalHold', 'object') },
  GetObjectRetention: { ...get, query: retention, iam: needs('s3:GetObjectRetention', 'object') },
  PutObjectRetention: {
    ...put,
    query: retention,
    headers: knows('content-md5', BYPASS, OWNER, PAYER, SDK_CHECKSUM),
    iam: {
      required: [{ action: 's3:PutObjectRetention', resource: 'object' }],
      conditional: [BYPASSES_RETENTION],
    },
  },

  // A restoration within the bucket. An output location in the body writes elsewhere and is refused there.
  RestoreObject: {
    ...put,
    method: 'POST',
    query: subresource('restore', VERSION),
    headers: knows(OWNER, PAYER, SDK_CHECKSUM),
    checksumRequired: false,
    iam: needs('s3:RestoreObject', 'object'),
  },

  // A torrent is served by peers and a tracker beside the gate.
  GetObjectTorrent: {
    ...get,
    query: subresource('torrent'),
    iam: needsVersioned('s3:GetObjectTorrent', 's3:GetObjectVersionTorrent'),
    disposition: 'opened',
  },
  // Names keys of the backend's KMS.
  UpdateObjectEncryption: {
    ...put,
    query: subresource('encryption', VERSION),
    iam: needs('s3:UpdateObjectEncryption', 'object'),
    disposition: 'opened',
  },

  // Its answer is a stream of events in a framing of its own, with errors inside that could not be rewritten.
  SelectObjectContent: {
    ...put,
    method: 'POST',
    query: { required: { select: 'any', 'select-type': '=2' }, optional: [] },
    headers: knows(OWNER, ...SSE_CUSTOMER),
    checksumRequired: false,
    access: 'read',
    iam: needs('s3:GetObject', 'object'),
    disposition: 'refuse',
  },
  // Directory buckets only, whose sessions the gate does not give out.
  RenameObject: {
    ...get,
    method: 'PUT',
    query: subresource('renameObject'),
    headers: {
      required: ['x-amz-rename-source'],
      forbidden: [],
      known: [
        ...CONDITIONAL_READ,
        'x-amz-client-token',
        'x-amz-rename-source',
        'x-amz-rename-source-if-match',
        'x-amz-rename-source-if-modified-since',
        'x-amz-rename-source-if-none-match',
        'x-amz-rename-source-if-unmodified-since',
      ],
    },
    access: 'write',
    iam: needs('s3express:CreateSession', 'bucket'),
    disposition: 'refuse',
  },
} as const satisfies Record<string, OperationRow>
