/**
 * The log: one JSON object a line on standard output, for requests (`event: "request"`) and for what happens to the
 * gate itself. Lines of requests are gathered and written together; everything else is written at once.
 *
 * https://getpino.io/#/docs/api
 */
import { pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Everything a line about the gate itself may carry. None of it is ever a secret. */
export type LogField =
  | 'address'
  | 'backend'
  | 'bucket'
  | 'buckets'
  | 'cause'
  | 'code'
  | 'endpoint'
  | 'path'
  | 'pid'
  | 'reason'
  | 'request_id'
  | 'signal'
  | 'state'
  | 'version'
  | 'workers'

export type LogFields = Readonly<Partial<Record<LogField, string | number | boolean>>>

export interface Log {
  /** Writes a request's line, at level `info`. */
  request(entry: AccessEntry): void
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  /** `error`: its stack goes into the log too. */
  error(event: string, fields?: LogFields, error?: unknown): void
  setLevel(level: LogLevel): void
  /** Writes what is still in memory, synchronously. To be called before the process ends. */
  flush(): void
}

export interface LogOptions {
  readonly level: LogLevel
  /** A file descriptor or a file's path. */
  readonly destination: number | string
}

/** Lines are gathered up to this many bytes; also what a pipe takes in one piece, so that workers' lines stay whole. */
const GATHERED_BYTES = 4096
/** The longest time that a gathered line waits, in milliseconds. */
const GATHERED_MS = 200
/** Where nobody reads the output, lines beyond this many bytes are dropped rather than kept. */
const BUFFER_BYTES = 16 * 1024 * 1024

export function createLog({ level, destination }: LogOptions): Log {
  const output = pino.destination({
    dest: destination,
    sync: false,
    minLength: GATHERED_BYTES - 1,
    maxWrite: GATHERED_BYTES,
    maxLength: BUFFER_BYTES,
    periodicFlush: GATHERED_MS,
    mkdir: true,
  })
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  )
  const write =
    (at: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) => {
      logger[at](fields, event)
      output.flush()
    }
  return {
    request: (entry) => logger.info(entry, 'request'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: (event, fields = {}, error) => {
      logger.error(error === undefined ? fields : { ...fields, cause: causeOf(error) }, event)
      output.flush()
    },
    setLevel: (wanted) => {
      logger.level = wanted
    },
    flush: () => {
      try {
        output.flushSync()
      } catch {
        // The output is gone (a closed pipe) or was never ready: there is nobody left to tell.
      }
    },
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const stack = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? stack : `${stack}\ncaused by ${causeOf(error.cause)}`
}
