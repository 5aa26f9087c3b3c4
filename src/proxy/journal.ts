/**
 * What one request's log line and metrics are made of, filled in as the request moves along. A closed set of fields:
 * nothing else reaches the log, and none of them ever holds a secret, a signature or a query string.
 */

export interface Journal {
  /** S3's name of the operation; `''` until it is known. */
  operation: string
  access_key: string
  project_id: string
  bucket: string
  /** The object's key, at most its first 1024 bytes. */
  key: string
  auth: string
  decision: 'allowed' | 'refused' | ''
  /** Why it was decided so, or what failed: for the operator alone. */
  reason: string
  status: number
  /** S3 error code; `''` where there was none. */
  code: string
  /** Whose fault a failure was. */
  fault: 'client' | 'gate' | 'backend' | ''
  /** Bytes of body taken from the client, as framed on the wire. */
  bytes_in: number
  /** Bytes of body given to the client. */
  bytes_out: number
  /** Names of headers and of parameters that meant nothing for the operation: counted, and told at level `debug`. */
  idle_headers: readonly string[]
  idle_parameters: readonly string[]
  /** Milliseconds from the backend request to its response headers; -1: the backend was not asked. */
  backend_ms: number
}

const NONE: readonly string[] = []

export function createJournal(): Journal {
  return {
    operation: '',
    access_key: '',
    project_id: '',
    bucket: '',
    key: '',
    auth: '',
    decision: '',
    reason: '',
    status: 0,
    code: '',
    fault: '',
    bytes_in: 0,
    bytes_out: 0,
    idle_headers: NONE,
    idle_parameters: NONE,
    backend_ms: -1,
  }
}
