/** What later requests of a client say again of earlier answers: the recorder and the replay remember the same. */
import type { RawResponse } from '../support/raw-http.ts'

export class Memory {
  readonly #values = new Map<string, string>()

  get values(): ReadonlyMap<string, string> {
    return this.#values
  }

  /** @param line the request line as sent */
  note(line: string, answer: Pick<RawResponse, 'headers' | 'body'>): void {
    const [method = '', target = ''] = line.split(' ')
    const field = (name: string) => answer.headers.find(([other]) => other === name)?.[1]
    const text = answer.body.toString('utf8')
    const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(text)?.[1]
    if (uploadId !== undefined) this.#values.set('uploadId', uploadId)
    // A copy tells the ETag in its body only.
    const told = /<Copy(?:Object|Part)Result.*<ETag>([^<]+)<\/ETag>/s.exec(text)?.[1]
    const etag = (told?.replace(/&quot;|&#34;/g, '') ?? field('etag'))?.replaceAll('"', '')
    const part = method === 'PUT' ? /[?&]partNumber=(\d+)/i.exec(target)?.[1] : undefined
    if (etag !== undefined) this.#values.set(`etag:${part ?? keyOf(target)}`, etag)
    const lastModified = field('last-modified')
    if (lastModified !== undefined) this.#values.set('lastModified', lastModified)
  }
}

/** The key as a request line has it: behind the bucket. */
export function keyOf(target: string): string {
  return /^\/[^/?]+\/([^?]*)/.exec(target)?.[1] ?? ''
}
