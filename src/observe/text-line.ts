/** Lines of the log for a person at a terminal: one for each request, and one for each event. */
import type { AccessEntry } from './access-entry.ts'

/** Colours, or none. */
export interface Paint {
  readonly dim: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly red: (text: string) => string
}

/**
 * `12:01:07 200 PutObject photos/cat.jpg 14 ms, 1.2 MiB in, SCW0123456789ABCDEFG`; a refusal ends with its code and
 * reason.
 *
 * @param time milliseconds since the epoch
 */
export function requestText(entry: AccessEntry, time: number, paint: Paint): string {
  const { bucket, key, code, reason, access_key } = entry
  const target = bucket === '' ? '' : ` ${visible(key === '' ? bucket : `${bucket}/${key}`)}`
  const facts = [`${entry.total_ms} ms`, ...moved(entry), ...(access_key === '' ? [] : [visible(access_key)])]
  const refusal = code === '' ? '' : ` ${paint.yellow(code)}${reason === '' ? '' : `: ${visible(reason)}`}`
  return `${clock(time, paint)} ${status(entry.status, paint)} ${entry.operation || visible(entry.method) || '-'}${target} ${paint.dim(facts.join(', '))}${refusal}\n`
}

/** @param line what pino wrote: one JSON object */
export function eventText(line: string, paint: Paint): string {
  const { level, time, event, ...fields } = JSON.parse(line) as Record<string, unknown>
  const color = level === 'error' ? paint.red : level === 'warn' ? paint.yellow : paint.dim
  const about = Object.entries(fields).map(
    ([name, value]) => ` ${paint.dim(`${name}=`)}${visible(String(value))}`,
  )
  return `${clock(Date.parse(String(time)), paint)} ${color(String(level))} ${visible(String(event))}${about.join('')}\n`
}

function status(code: number, paint: Paint): string {
  if (code === 0) return paint.red('---')
  return (code < 400 ? paint.green : code < 500 ? paint.yellow : paint.red)(String(code))
}

function moved({ bytes_in, bytes_out }: AccessEntry): readonly string[] {
  return [
    ...(bytes_in === 0 ? [] : [`${size(bytes_in)} in`]),
    ...(bytes_out === 0 ? [] : [`${size(bytes_out)} out`]),
  ]
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const

function size(bytes: number): string {
  let value = bytes
  let unit = 'B'
  for (const next of UNITS) {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  return `${unit === 'B' ? value : value.toFixed(1)} ${unit}`
}

/** The viewer's own time of day. */
function clock(time: number, paint: Paint): string {
  return paint.dim(new Date(time).toTimeString().slice(0, 8))
}

/** What a client wrote, without what a terminal would obey or hide. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' || character === '\t' ? ' ' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
