/**
 * What went wrong between the gate and a backend, from undici's and the system's errors to S3's.
 *
 * `unreachable`: no connection came about, nothing was sent. `lost`: the connection broke. `late`: nothing came in time.
 * `nonsense`: what came is no HTTP that the gate accepts. `gate`: our own doing.
 */
import { errors } from 'undici'
import { S3Error, type S3ErrorCode } from '../../s3/error.ts'

export type FaultKind = 'unreachable' | 'lost' | 'late' | 'nonsense' | 'gate'

const CODES: Readonly<Record<FaultKind, S3ErrorCode>> = {
  unreachable: 'ServiceUnavailable',
  lost: 'ServiceUnavailable',
  late: 'GatewayTimeout',
  nonsense: 'BadGateway',
  gate: 'InternalError',
}

/** Codes of errors on a connection that had been made. */
const KINDS: Readonly<Record<string, FaultKind>> = {
  UND_ERR_CONNECT_TIMEOUT: 'late',
  UND_ERR_HEADERS_TIMEOUT: 'late',
  UND_ERR_BODY_TIMEOUT: 'late',
  ETIMEDOUT: 'late',
  UND_ERR_SOCKET: 'lost',
  ECONNRESET: 'lost',
  EPIPE: 'lost',
  UND_ERR_CLOSED: 'lost',
  UND_ERR_DESTROYED: 'lost',
  UND_ERR_HEADERS_OVERFLOW: 'nonsense',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'nonsense',
  UND_ERR_INVALID_ARG: 'gate',
  UND_ERR_NOT_SUPPORTED: 'gate',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'gate',
}

/** What went wrong on a connection of our own making. */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault'
  readonly kind: FaultKind

  constructor(kind: FaultKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** @param connected whether the request had a connection when it failed */
export function faultKind(error: Error, connected: boolean): FaultKind {
  const code = codeOf(error)
  const kind =
    error instanceof ConnectionFault
      ? error.kind
      : error instanceof errors.HTTPParserError
        ? 'nonsense'
        : KINDS[code]
  if (kind === 'gate' || connected) return kind ?? 'lost'
  return kind === 'late' ? 'late' : 'unreachable'
}

/** @param what where it happened, for the log */
export function backendFault(kind: FaultKind, reason: string, cause?: unknown): S3Error {
  return new S3Error(CODES[kind], {
    source: kind === 'gate' ? 'gate' : 'backend',
    reason: `backend ${kind}: ${reason}`,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Short text for the log: the system's code and the message. */
export function describe(error: Error): string {
  return `${codeOf(error)} ${error.message}`.trim()
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
