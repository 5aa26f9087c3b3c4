import type { ClientAdapter } from '../client.ts'
import { awsV1, awsV2 } from './aws.ts'
import { duplicity, restic } from './backups.ts'
import { boto3Debian, boto3Newest } from './boto3.ts'
import { curl } from './curl.ts'
import { dockerRegistry } from './docker-registry.ts'
import { mc } from './mc.ts'
import { minioJs } from './minio-js.ts'
import { obstore } from './obstore.ts'
import { opendal } from './opendal.ts'
import { pgbackrest } from './pgbackrest.ts'
import { pyarrow } from './pyarrow.ts'
import { rclone } from './rclone.ts'
import { s3cmd } from './s3cmd.ts'
import { s3fs } from './s3fs.ts'
import { scw } from './scw.ts'
import { sdkGo } from './sdk-go.ts'
import { sdkJava } from './sdk-java.ts'
import { sdkJs } from './sdk-js.ts'
import { sdkRuby } from './sdk-ruby.ts'
import { chdb, duckdb } from './tables.ts'

export const CLIENTS: readonly ClientAdapter[] = [
  awsV2,
  awsV1,
  boto3Newest,
  boto3Debian,
  s3cmd,
  rclone,
  mc,
  restic,
  s3fs,
  duplicity,
  curl,
  sdkJs,
  minioJs,
  pyarrow,
  chdb,
  duckdb,
  obstore,
  opendal,
  sdkJava,
  sdkGo,
  sdkRuby,
  dockerRegistry,
  pgbackrest,
  scw,
]
