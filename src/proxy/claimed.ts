/**
 * What a request that was refused before it was understood says of itself: for the log, so that an operator finds the
 * refusals of a key or a bucket. None of it was verified, and nothing is decided by it.
 */
import type { IamReader } from '../iam/reader.ts'
import { decode } from '../s3/uri.ts'
import { parseAccessKey } from '../sigv4/access-key.ts'
import type { ReceivedRequest } from './edge.ts'

/** Writes down which key it names, where the journal does not say it yet. */
export function noteClaimedKey(received: ReceivedRequest, reader: IamReader): void {
  const { journal } = received
  if (journal.access_key === '') journal.access_key = nameable(claimedKey(received), reader)
}

/** Writes down what stands where a path has its bucket. For requests whose target nobody has looked at. */
export function noteClaimedBucket({ journal, rawTarget }: ReceivedRequest): void {
  journal.bucket = /^\/([^/?]{1,255})/.exec(rawTarget)?.[1] ?? ''
}

const IN_HEADER = /^(?:AWS4-[A-Z0-9-]+ .{0,1024}?Credential=|AWS )([^\s/:,]{3,256})/
const IN_QUERY = /[?&](?:X-Amz-Credential|AWSAccessKeyId)=([^&/]{3,256})/

function claimedKey({ incoming, rawTarget }: ReceivedRequest): string {
  const at = incoming.rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization')
  const header = at === -1 ? undefined : IN_HEADER.exec(incoming.rawHeaders[at + 1] ?? '')?.[1]
  const given = header ?? IN_QUERY.exec(rawTarget)?.[1]
  if (given === undefined) return ''
  try {
    return parseAccessKey(decode(given).split(/[/@]/, 1)[0] ?? '')?.accessKey ?? ''
  } catch {
    return ''
  }
}

/** The form of keys that are made, here and elsewhere. Secrets have other characters too. */
const LIKE_A_KEY = /^[A-Z0-9]{16,40}$/

/** People enter secrets where keys belong: what is neither one of ours nor looks like one is not written down. */
function nameable(accessKey: string, reader: IamReader): string {
  if (LIKE_A_KEY.test(accessKey)) return accessKey
  try {
    return accessKey !== '' && reader.findKey(accessKey) !== undefined ? accessKey : ''
  } catch {
    // Why the store does not answer is told where it mattered.
    return ''
  }
}
