/** What is known of one request when it is over: the one shape that the log line and the metrics are made of. */

/**
 * A closed set of fields. None of them ever holds a secret, a signature, a query string or an SSE-C key: that is what
 * keeps those out of the log.
 */
export interface AccessEntry {
  readonly request_id: string
  readonly method: string
  readonly remote_ip: string
  readonly user_agent: string
  /** How the request was signed: `header`, `presigned` …; `''`: it was not, or that far it never came. */
  readonly auth: string
  readonly access_key: string
  /** The project the key worked in. */
  readonly project_id: string
  /** S3's name of it; `''` where it was refused before it had one. */
  readonly operation: string
  readonly bucket: string
  readonly key: string
  readonly decision: 'allowed' | 'refused' | ''
  /** Why. For the operator: the client never sees it. */
  readonly reason: string
  readonly status: number
  /** S3 error code; `''` where there was none. */
  readonly code: string
  /** Whose fault a failure was. */
  readonly fault: 'client' | 'gate' | 'backend' | ''
  readonly bytes_in: number
  readonly bytes_out: number
  /** Milliseconds from the request's arrival to its end. */
  readonly total_ms: number
  /** Milliseconds that the backend took to begin its answer; -1: it was not asked. */
  readonly backend_ms: number
}
