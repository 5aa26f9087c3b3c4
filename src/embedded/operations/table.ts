/** What the embedded backend can do. Whatever is not here it refuses. */
import type { MatchableOperationName } from '../../s3/operation.ts'
import {
  deleteBucketTagging,
  getBucketTagging,
  getBucketVersioning,
  putBucketTagging,
  putBucketVersioning,
} from './bucket-settings.ts'
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets.ts'
import { completeMultipartUpload } from './complete-upload.ts'
import { copyObject, uploadPartCopy } from './copy.ts'
import { deleteObject, deleteObjects } from './delete-object.ts'
import { getObject, headObject } from './get-object.ts'
import type { Handler } from './handler.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { listMultipartUploads, listParts } from './list-uploads.ts'
import { listObjectVersions } from './list-versions.ts'
import { abortMultipartUpload, createMultipartUpload, uploadPart } from './multipart.ts'
import { getObjectAttributes } from './object-attributes.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './object-tagging.ts'
import { putObject } from './put-object.ts'

export const EMBEDDED_OPERATIONS = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketTagging: deleteBucketTagging,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  DeleteObjectTagging: deleteObjectTagging,
  GetBucketLocation: getBucketLocation,
  GetBucketTagging: getBucketTagging,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListParts: listParts,
  PutBucketTagging: putBucketTagging,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectTagging: putObjectTagging,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
} as const satisfies Partial<Record<MatchableOperationName, Handler>>

export type EmbeddedOperationName = keyof typeof EMBEDDED_OPERATIONS

export function isEmbeddedOperation(name: string): name is EmbeddedOperationName {
  return Object.hasOwn(EMBEDDED_OPERATIONS, name)
}
