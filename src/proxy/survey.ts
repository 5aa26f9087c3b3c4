/** What an asked request needs to be allowed: every action, each on its own resource, which is found in the store. */
import type { AccessResource, Principal, RequestFacts, RequiredAccess } from '../iam/evaluate.ts'
import type { Bucket } from '../iam/model.ts'
import type { IamReader, ResolvedBackend } from '../iam/reader.ts'
import { requiredAccess } from '../iam/required-access.ts'
import { type CopySource, parseCopySource } from '../s3/copy-source.ts'
import { parameter } from '../s3/operation.ts'
import { COPY_SOURCE } from '../s3/operations/header-lists.ts'
import type { AskedRequest } from './ask.ts'
import { backendOf, backendOfBucket } from './ownership.ts'

/** What a request needs, before anything of it is decided. */
export interface Survey {
  readonly principal: Principal
  readonly facts: RequestFacts
  /** Every action on its own resource; of a batch, what is to be decided before its keys are known. */
  readonly access: readonly RequiredAccess[]
  /** Where the bucket is, or a new one would be, and whose it is. */
  readonly place: Omit<AccessResource, 'key'>
  /** The bucket that there is to be; null at service level, and where it is to be made. */
  readonly name: string | null
  /** Its row, whoever has it; undefined: nobody has. */
  readonly row: Bucket | undefined
  readonly source: CopySource | undefined
  readonly sourceRow: Bucket | undefined
  /** Where the project's new buckets go. */
  readonly home: ResolvedBackend
}

/** @throws S3Error where the request asks for what nobody can be allowed, or names no source that can be one */
export function survey(asked: AskedRequest, reader: IamReader): Survey {
  const { operation, target } = asked
  const { key, project } = asked.client
  const home = backendOf(reader, project)
  const placeOf = (bucket: string | null, row: Bucket | undefined) => ({
    bucket,
    projectId: row?.project_id ?? project.id,
    region: (row === undefined ? home : backendOfBucket(reader, row)).record.region,
  })
  const name = target.kind === 'service' || operation.name === 'CreateBucket' ? null : target.bucket
  const row = name === null ? undefined : takenRow(reader, name)
  const place = placeOf(target.kind === 'service' ? null : target.bucket, row)
  const source = sourceOf(asked)
  const sourceRow = source === undefined ? undefined : takenRow(reader, source.bucket)

  const access: RequiredAccess[] = []
  for (const { action, target: of } of requiredAccess(operation, asked.headers)) {
    // Each key of a batch is decided by itself when the body has been read. Where nobody has the bucket none ever is:
    // who may delete nothing in it is not told so.
    if (of === 'eachKey' && row !== undefined) continue
    const resource =
      of === 'copySource'
        ? { ...placeOf(source?.bucket ?? null, sourceRow), key: source?.key ?? null }
        : { ...place, key: of === 'object' && target.kind === 'object' ? target.key : null }
    access.push({ action, resource })
  }
  return {
    principal: { key, project, grants: reader.grants(key.bearer) },
    facts: requestFacts(asked),
    access,
    place,
    name,
    row,
    source,
    sourceRow,
    home,
  }
}

function requestFacts(asked: AskedRequest): RequestFacts {
  const { received, operation } = asked
  return {
    ip: received.ip,
    time: received.time,
    userAgent: received.headers.get('user-agent')?.slice(0, 255) ?? '',
    operation: operation.name,
    prefix: operation.row.query.optional.includes('prefix')
      ? (parameter(asked.operation, 'prefix') ?? '')
      : null,
  }
}

function sourceOf(asked: AskedRequest): CopySource | undefined {
  const header = asked.headers.get(COPY_SOURCE)
  return header === undefined ? undefined : parseCopySource(header)
}

/** The row of a name that somebody has; a released name is nobody's. */
function takenRow(reader: IamReader, name: string): Bucket | undefined {
  const row = reader.findBucket(name)
  return row?.state === 'released' ? undefined : row
}
