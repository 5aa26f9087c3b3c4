/**
 * A request's line of the log, written out by hand: it is the one thing logged often enough for a general serialiser to
 * show. Its fields, and their order, are those of {@link AccessEntry}.
 */
import type { AccessEntry } from './access-entry.ts'

/**
 * @param time when it was written, ISO 8601
 * @returns one JSON object and a line end
 */
export function requestLine(entry: AccessEntry, time: string): string {
  // What comes from closed sets of our own holds nothing to escape; everything else may.
  return `{"level":"info","time":"${time}","request_id":"${entry.request_id}","method":${quoted(entry.method)},"remote_ip":${quoted(entry.remote_ip)},"user_agent":${text(entry.user_agent)},"auth":"${entry.auth}","access_key":${quoted(entry.access_key)},"project_id":${quoted(entry.project_id)},"operation":"${entry.operation}","bucket":${text(entry.bucket)},"key":${text(entry.key)},"decision":"${entry.decision}","reason":${text(entry.reason)},"status":${entry.status},"code":"${entry.code}","fault":"${entry.fault}","bytes_in":${entry.bytes_in},"bytes_out":${entry.bytes_out},"total_ms":${entry.total_ms},"backend_ms":${entry.backend_ms},"event":"request"}\n`
}

const quoted = JSON.stringify as (text: string) => string

/** Of a client's own writing. */
function text(given: string): string {
  return OBEYED.test(given) ? quoted(given).replace(OBEYED_EACH, escaped) : quoted(given)
}

/** What a terminal would obey, or show as nothing, and JSON lets stand. */
const OBEYED = /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/
const OBEYED_EACH = new RegExp(OBEYED, 'g')

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
