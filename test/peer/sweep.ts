/** Removes what a test has left, so that the next one finds its bucket names free. */
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectLegalHoldCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Access } from './program.ts'

/** @returns false if something is left, because it is locked for good */
export async function sweep({ endpoint, accessKey, secretKey }: Access): Promise<boolean> {
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  })
  try {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
    let clean = true
    for (const { Name = '' } of Buckets) clean = (await removeBucket(s3, Name)) && clean
    return clean
  } finally {
    s3.destroy()
  }
}

async function removeBucket(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
    for (const { Key, UploadId } of Uploads) {
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
    }
    for (let more = true; more; ) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket }))
      for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
        await removeVersion(s3, { Bucket, Key, VersionId })
      }
      more = page.IsTruncated === true
    }
    await s3.send(new DeleteBucketCommand({ Bucket }))
    return true
  } catch {
    return false
  }
}

async function removeVersion(
  s3: S3Client,
  version: {
    readonly Bucket: string
    readonly Key: string | undefined
    readonly VersionId: string | undefined
  },
): Promise<void> {
  try {
    await s3.send(new DeleteObjectCommand(version))
  } catch {
    await s3.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: 'OFF' } })).catch(() => {})
    await s3.send(new DeleteObjectCommand({ ...version, BypassGovernanceRetention: true }))
  }
}
