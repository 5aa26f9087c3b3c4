/** Operations that name no bucket. */
import { knows, NO_QUERY, needs, type OperationRow } from './row.ts'

const service = {
  method: 'GET',
  level: 'service',
  matching: 'request',
  query: NO_QUERY,
  headers: knows(),
  body: 'none',
  checksumRequired: false,
  streamingAllowed: false,
  successStatus: 200,
  access: 'list',
} as const

export const SERVICE_OPERATIONS = {
  // Answered from the gate's own rows: the backend would list every tenant's buckets.
  ListBuckets: {
    ...service,
    query: {
      required: {},
      // `delimiter` says nothing here, and AWS takes it: the access test of `s3cmd --configure` lists "the bucket ''".
      optional: ['bucket-region', 'continuation-token', 'delimiter', 'max-buckets', 'prefix'],
    },
    iam: needs('s3:ListAllMyBuckets', 'service'),
    disposition: 'answer',
  },
  // The same request line as ListBuckets, on a host of its own.
  ListDirectoryBuckets: {
    ...service,
    matching: 'host',
    query: { required: {}, optional: ['continuation-token', 'max-directory-buckets'] },
    iam: needs('s3express:ListAllMyDirectoryBuckets', 'service'),
    disposition: 'refuse',
  },
  // Belongs to object Lambda hosts; on this endpoint its path is an invalid bucket name.
  WriteGetObjectResponse: {
    ...service,
    method: 'POST',
    matching: 'host',
    body: 'stream',
    access: 'write',
    iam: needs('s3-object-lambda:WriteGetObjectResponse', 'service'),
    disposition: 'refuse',
  },
} as const satisfies Record<string, OperationRow>
