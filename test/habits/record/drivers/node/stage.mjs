/** What all drivers in JavaScript share: the dialogue with the recorder, one JSON document a line. */
import { createInterface } from 'node:readline'

export const { ENDPOINT, ACCESS_KEY, SECRET_KEY, BUCKET, AUTHORITY } = process.env

export const PART_ONE = Buffer.alloc(5 * 1024 * 1024, 'a')
export const PART_TWO = Buffer.alloc(1000, 'b')
export const STREAM = Buffer.alloc(100_000, 's')
export const HELLO = Buffer.from('hello, habits\n')
export const ENCODED = Buffer.from(
  '1f8b0800000000000203cb48cdc9c9d751c8484cca2c290600c1345d8c0d000000',
  'hex',
)
export const ODD_KEY = "odd/ä b+c~(1)'!=&.txt"

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function tell(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`)
  await lines.next()
}

export function version(text) {
  return tell({ version: text })
}

/** Announces what comes next, then does it. What fails is told, and the next goes on. */
export async function operation(name, work) {
  await tell({ operation: name })
  try {
    await work()
  } catch (error) {
    await tell({ failed: String(error) })
  }
}

/** Has a plain HTTP client send what was presigned. */
export function fetchPlainly(method, url, body = null, headers = {}) {
  return tell({ fetch: { method, url, body, headers } })
}

/** Ends the dialogue. */
export function done() {
  process.stdin.destroy()
}
