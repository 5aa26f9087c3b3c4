/** What `explain` is asked, out of its arguments: the least request that is of the operation. */
import { isIP } from 'node:net'
import { didYouMean } from '../nearest.ts'
import { isOperationName, OPERATION_NAMES, OPERATIONS, type OperationName } from '../s3/operation.ts'
import { COPY_SOURCE } from '../s3/operations/header-lists.ts'
import type { QueryParameters } from '../s3/uri.ts'
import { UsageError } from './fault.ts'

/** What is asked, by whom, from where and when. */
export interface Question {
  /** `KEY` or `KEY@projectId`. */
  readonly key: string
  readonly operation: OperationName
  readonly bucket: string | null
  readonly objectKey: string | null
  readonly query: QueryParameters
  /** Lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly ip: string
  /** Milliseconds since the epoch. */
  readonly time: number
}

/** As they were given on the command line. */
interface QuestionArguments {
  readonly key: string
  readonly operation: string
  /** BUCKET or BUCKET/KEY. */
  readonly target: string | undefined
  readonly ip: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly userAgent: string
  readonly prefix?: string
  readonly versionId?: string
  readonly source?: string
  /** NAME=VALUE. */
  readonly header?: readonly string[]
}

type RequiredHeader = (typeof OPERATIONS)[OperationName]['headers']['required'][number]

/** Stand for headers that an operation must have, and by which nothing is decided. */
const STAND_INS: Readonly<Record<Exclude<RequiredHeader, typeof COPY_SOURCE>, string>> = {
  'access-control-request-method': 'GET',
  'content-type': 'multipart/form-data; boundary=form',
  origin: 'http://localhost',
  'x-amz-object-attributes': 'ETag',
  'x-amz-rename-source': '/bucket/key',
}

/** @throws UsageError where the question is none */
export function questionOf(given: QuestionArguments): Question {
  if (isIP(given.ip) === 0) throw new UsageError(`--ip: \`${given.ip}\` is no address`)
  const operation = operationNamed(given.operation)
  return {
    key: given.key,
    operation,
    ...namedBy(given.target, operation),
    query: queryOf(operation, given),
    headers: headersOf(operation, given),
    ip: given.ip,
    time: given.time,
  }
}

function operationNamed(given: string): OperationName {
  if (!isOperationName(given)) {
    throw new UsageError(`\`${given}\` is no S3 operation${didYouMean(given, OPERATION_NAMES)}`)
  }
  if (OPERATIONS[given].matching === 'host') {
    throw new UsageError(`${given} is told by a host of its own, which the gate does not have`)
  }
  return given
}

/** @throws UsageError where that is not what the operation is about */
function namedBy(
  target: string | undefined,
  operation: OperationName,
): Pick<Question, 'bucket' | 'objectKey'> {
  const [bucket = '', ...segments] = target?.split('/') ?? []
  const key = segments.join('/')
  const { level, iam, query } = OPERATIONS[operation]
  if (level === 'service') {
    if (bucket !== '') throw new UsageError(`${operation} is about no bucket: leave \`${target}\` out`)
    return { bucket: null, objectKey: null }
  }
  if (bucket === '') throw new UsageError(`${operation} is about a bucket: name it`)
  // A batch and a form are sent to the bucket, and decided by the keys in their bodies.
  if (level === 'object' || iam.required.some(({ resource }) => resource !== 'bucket')) {
    if (key === '') throw new UsageError(`${operation} is about an object: name it as BUCKET/KEY`)
    return { bucket, objectKey: key }
  }
  if (key !== '') {
    const hint = query.optional.includes('prefix') ? ', or give it as --prefix' : ''
    throw new UsageError(`${operation} is about a bucket: leave \`/${key}\` out${hint}`)
  }
  return { bucket, objectKey: null }
}

/** What the operation's request must have, and what the options add. */
function queryOf(operation: OperationName, { prefix, versionId }: QuestionArguments): QueryParameters {
  const { required } = OPERATIONS[operation].query
  const parameters: [string, string][] = Object.entries(required).map(([name, expected]) => [
    name,
    expected === 'any' ? '' : expected === 'non-empty' ? '1' : expected.slice(1),
  ])
  if (prefix !== undefined) parameters.push(['prefix', prefix])
  if (versionId !== undefined) parameters.push(['versionId', versionId])
  return parameters
}

function headersOf(
  operation: OperationName,
  { source, userAgent, header = [] }: QuestionArguments,
): readonly (readonly [string, string])[] {
  const headers = new Map<string, string>()
  const required: readonly RequiredHeader[] = OPERATIONS[operation].headers.required
  for (const name of required) {
    if (name !== COPY_SOURCE) headers.set(name, STAND_INS[name])
    else if (source === undefined) throw new UsageError(`${operation} copies: give --source BUCKET/KEY`)
  }
  if (source !== undefined) headers.set(COPY_SOURCE, encodeURI(source))
  if (userAgent !== '') headers.set('user-agent', userAgent)
  for (const given of header) {
    const [, name, value] = /^([A-Za-z0-9-]+)=(.*)$/.exec(given) ?? []
    if (name === undefined || value === undefined) {
      throw new UsageError(`--header: \`${given}\` is no NAME=VALUE`)
    }
    headers.set(name.toLowerCase(), value)
  }
  return [...headers]
}
