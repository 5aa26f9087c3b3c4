/**
 * Names the operation that a request is, strictly: one row of the table and the parameters that it takes, or a refusal.
 * Nothing falls through to a plain operation because its sub-resource is not taken here: a backend that ignores
 * `?analytics` takes `DELETE /bucket?analytics` for the deletion of the bucket. `fates.ts` says what becomes
 * of parameters that no operation knows; none of them chooses an operation.
 */
import { AUTHENTICATION_PARAMETERS } from './authentication-parameters.ts'
import { invalidArgument, S3Error } from './error.ts'
import { onMethod, parameterFate } from './fates.ts'
import type { Headers } from './headers.ts'
import { COPY_SOURCE } from './operations/header-lists.ts'
import { type Candidate, INDEX, type LevelIndex, PLAIN } from './operations/lookup.ts'
import type { OperationRow } from './operations/row.ts'
import type { MatchableOperationName } from './operations/table.ts'
import type { Target } from './target.ts'
import type { QueryParameters } from './uri.ts'

export type {
  Access,
  BodyKind,
  Disposition,
  IamConditional,
  IamRequirement,
  IamRow,
  IamTarget,
  Level,
  Method,
  OperationRow,
  When,
} from './operations/row.ts'
export {
  type AwsAction,
  isOperationName,
  type MatchableOperationName,
  OPERATION_NAMES,
  OPERATIONS,
  type OperationName,
} from './operations/table.ts'

export interface MatchedOperation {
  readonly name: MatchableOperationName
  readonly row: OperationRow
  /** The operation's own parameters as sent, each at most once; a bare sub-resource's value is `''`. */
  readonly params: QueryParameters
  /** Names of parameters that mean nothing for it, as sent. */
  readonly idle: readonly string[]
}

/** The value of one of the operation's parameters. */
export function parameter(operation: MatchedOperation, name: string): string | undefined {
  for (const [key, value] of operation.params) if (key === name) return value
  return undefined
}

/**
 * @param query decoded parameters, authentication parameters included; hoisted headers already moved to `headers`
 * @throws S3Error 400 for a repeated parameter, two sub-resources, or one that lacks what it needs; 405 for a method
 *   that this resource does not have; 501 for a parameter that no operation takes here
 */
export function matchOperation(
  method: string,
  target: Target,
  query: QueryParameters,
  headers: Headers,
): MatchedOperation {
  const level = INDEX[target.kind]
  const operations = level.methods.get(method)
  if (operations === undefined) throw methodNotAllowed(method, target)

  const { known, idle } = query.length === 0 ? NO_PARAMETERS : sortParameters(query, level, method)
  const subresource = known.length === 0 ? PLAIN : subresourceOf(known, level)
  const candidates = operations.get(subresource)
  if (candidates === undefined) throw methodNotAllowed(method, target)

  const candidate = choose(candidates, known, headers)
  if (candidate.ignoresQuery) return { name: candidate.name, row: candidate.row, params: [], idle }
  const params: (readonly [string, string])[] = []
  const meaningless = [...idle]
  for (const entry of known) {
    const [name, value] = entry
    if (candidate.parameters.has(name)) params.push(entry)
    else if (parameterFate(name, onMethod(method)) === 'idle') meaningless.push(name)
    else throw notTaken(candidate.row, name, value)
  }
  if (headers.has(COPY_SOURCE) && !candidate.row.headers.required.includes(COPY_SOURCE)) {
    throw invalidArgument(
      COPY_SOURCE,
      headers.get(COPY_SOURCE) ?? '',
      'You can only specify a copy source header for copy requests.',
    )
  }
  return { name: candidate.name, row: candidate.row, params, idle: meaningless }
}

/** Parameters without those of the signature. */
interface SortedParameters {
  /** Those that some operation of the level takes, each once. */
  readonly known: QueryParameters
  /** Names of those that mean nothing. */
  readonly idle: readonly string[]
}

const NO_PARAMETERS: SortedParameters = { known: [], idle: [] }

function sortParameters(query: QueryParameters, level: LevelIndex, method: string): SortedParameters {
  const known: [string, string][] = []
  const idle: string[] = []
  // A preflight has the query of the request that it asks about.
  if (method === 'OPTIONS') return { known, idle }
  for (const [name, value] of query) {
    if (level.parameters.has(name)) {
      // INVARIANT: as short as the table's list of the level's parameters.
      if (known.some(([other]) => other === name)) {
        throw invalidArgument(name, value, `The parameter ${name} must be given only once.`)
      }
      known.push([name, level.bare.has(name) ? '' : value])
    } else if (!AUTHENTICATION_PARAMETERS.has(name)) {
      if (parameterFate(name, onMethod(method)) !== 'idle') throw unknownParameter(name)
      idle.push(name)
    }
  }
  return { known, idle }
}

function subresourceOf(params: QueryParameters, level: LevelIndex): string {
  let found = PLAIN
  for (const [name] of params) {
    if (!level.subresources.has(name)) continue
    if (found !== PLAIN) {
      throw new S3Error('InvalidArgument', {
        message: `Conflicting query string parameters: ${[found, name].sort().join(', ')}`,
        elements: [
          ['ArgumentName', 'ResourceType'],
          ['ArgumentValue', found],
        ],
      })
    }
    found = name
  }
  return found
}

/** The first candidate whose requirements hold. */
function choose(candidates: readonly Candidate[], params: QueryParameters, headers: Headers): Candidate {
  for (const candidate of candidates) {
    if (
      lacksParameter(candidate, params) === undefined &&
      lacksHeader(candidate.row, headers) === undefined
    ) {
      return candidate
    }
  }
  // The last one requires least: what it lacks, all lack.
  const last = candidates.at(-1)
  if (last === undefined) throw new S3Error('InternalError', { reason: 'an empty list of candidates' })
  const name = lacksParameter(last, params)
  if (name !== undefined) {
    const value = params.find(([given]) => given === name)?.[1] ?? ''
    throw invalidArgument(name, value, `This operation requires a valid parameter ${name}.`)
  }
  throw missingHeader(last.row, lacksHeader(last.row, headers) ?? '')
}

function lacksParameter(candidate: Candidate, params: QueryParameters): string | undefined {
  for (const [name, expected] of candidate.required) {
    const given = params.find(([key]) => key === name)
    if (given === undefined) return name
    if (expected === 'non-empty' && given[1] === '') return name
    if (expected.startsWith('=') && given[1] !== expected.slice(1)) return name
  }
  return undefined
}

function lacksHeader(row: OperationRow, headers: Headers): string | undefined {
  for (const name of row.headers.required) {
    const value = headers.get(name)
    if (value === undefined || value === '') return name
    if (row.body === 'form' && !isForm(value)) return name
  }
  for (const name of row.headers.forbidden) if (headers.has(name)) return name
  return undefined
}

function isForm(contentType: string): boolean {
  const end = contentType.indexOf(';')
  const type = end === -1 ? contentType : contentType.slice(0, end)
  return type.trim().toLowerCase() === 'multipart/form-data'
}

function missingHeader(row: OperationRow, name: string): S3Error {
  if (row.body === 'form') {
    return new S3Error('PreconditionFailed', {
      elements: [['Condition', 'Bucket POST must be of the enclosure-type multipart/form-data']],
    })
  }
  if (row.method === 'OPTIONS') {
    return new S3Error('BadRequest', {
      message:
        name === 'origin'
          ? 'Insufficient information. Origin request header needed.'
          : 'Invalid Access-Control-Request-Method: null',
    })
  }
  return new S3Error('InvalidRequest', { message: `Missing required header for this request: ${name}` })
}

/** A parameter of other operations at this level: AWS has words for two of them. */
function notTaken(row: OperationRow, name: string, value: string): S3Error {
  if (name === 'partNumber' && row.method === 'PUT') {
    return invalidArgument(name, value, 'This operation does not accept partNumber without uploadId')
  }
  if (name === 'versionId') {
    return invalidArgument(name, value, 'This operation does not accept a version-id.')
  }
  return unknownParameter(name)
}

function unknownParameter(name: string): S3Error {
  return new S3Error('NotImplemented', {
    message: 'A parameter you provided implies functionality that is not implemented',
    elements: [['Parameter', name]],
  })
}

function methodNotAllowed(method: string, target: Target): S3Error {
  return new S3Error('MethodNotAllowed', {
    elements: [
      ['Method', method],
      ['ResourceType', target.kind.toUpperCase()],
    ],
  })
}
