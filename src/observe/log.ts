/**
 * The log: one JSON object a line on standard output, for requests (`event: "request"`) and for what happens to the
 * gate itself; on a terminal, one readable line instead. Lines of requests are gathered and written together;
 * everything else is written at once.
 *
 * https://getpino.io/#/docs/api
 */
import { fstatSync } from 'node:fs'
import { pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'
import { requestLine } from './request-line.ts'
import { eventText, type Paint, requestText } from './text-line.ts'

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
  | 'headers'
  | 'parameters'
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
  /** Whether {@link debug} writes anything: for lines that take work to make. */
  readonly debugs: boolean
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
  /** How many processes write there. */
  readonly writers: 'one' | 'several'
  /** Absent: JSON. */
  readonly text?: Paint | undefined
}

/** Lines are gathered up to this many bytes: every write is a task for another thread. */
const GATHERED_BYTES = 64 * 1024
/** What a pipe takes in one piece (PIPE_BUF), so that the lines of several writers stay whole. */
const PIPE_BYTES = 4096
/** The longest time that a gathered line waits, in milliseconds. */
const GATHERED_MS = 200
/** Where nobody reads the output, lines beyond this many bytes are dropped rather than kept. */
const BUFFER_BYTES = 16 * 1024 * 1024

export function createLog({ level, destination, writers, text }: LogOptions): Log {
  const atOnce = writers === 'one' || isFile(destination) ? GATHERED_BYTES : PIPE_BYTES
  const output = pino.destination({
    dest: destination,
    sync: false,
    maxWrite: atOnce,
    maxLength: BUFFER_BYTES,
    mkdir: true,
  })
  const requests = gathering(atOnce, (lines) => output.write(lines))
  const time = clock()
  setInterval(requests.flush, GATHERED_MS).unref()
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    text === undefined ? output : { write: (line: string) => output.write(eventText(line, text)) },
  )
  const write =
    (at: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) => {
      requests.flush()
      logger[at](fields, event)
    }
  return {
    request: (entry) => {
      if (!logger.isLevelEnabled('info')) return
      requests.add(text === undefined ? requestLine(entry, time()) : requestText(entry, Date.now(), text))
    },
    debug: write('debug'),
    get debugs() {
      return logger.isLevelEnabled('debug')
    },
    info: write('info'),
    warn: write('warn'),
    error: (event, fields = {}, error) => {
      requests.flush()
      logger.error(error === undefined ? fields : { ...fields, cause: causeOf(error) }, event)
    },
    setLevel: (wanted) => {
      logger.level = wanted
    },
    flush: () => {
      requests.flush()
      try {
        output.flushSync()
      } catch {
        // The output is gone (a closed pipe) or was never ready: there is nobody left to tell.
      }
    },
  }
}

/** The time as ISO 8601, worked out once a millisecond. */
function clock(): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      text = new Date(now).toISOString()
    }
    return text
  }
}

/** A file takes every write in one piece. */
function isFile(destination: number | string): boolean {
  return typeof destination === 'string' || fstatSync(destination).isFile()
}

/** Gathers lines up to so many bytes and hands them over together. */
function gathering(bytes: number, write: (lines: string) => void) {
  let lines = ''
  let gathered = 0
  const flush = (): void => {
    if (gathered === 0) return
    const all = lines
    lines = ''
    gathered = 0
    write(all)
  }
  return {
    flush,
    add(line: string): void {
      const length = Buffer.byteLength(line)
      if (gathered + length > bytes) flush()
      lines += line
      gathered += length
    },
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const stack = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? stack : `${stack}\ncaused by ${causeOf(error.cause)}`
}
