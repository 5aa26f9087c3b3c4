/** Reads a whole answer, up to a bound: for probes, listings of the gate's own, and answers that are parsed. */
import type { BackendAnswer, BackendHeaders, Exchange, ResponseHandler } from './backends.ts'
import { backendFault } from './fault.ts'

/** @throws S3Error where there is no answer, or one longer than `maxBytes` */
export function collectAnswer(
  send: (handler: ResponseHandler) => Exchange,
  maxBytes: number,
): Promise<BackendAnswer> {
  return new Promise((resolve, reject) => {
    let status = 0
    let headers: BackendHeaders = {}
    let length = 0
    const pieces: Buffer[] = []
    // The answer may come before `send` returns only as an error, which needs no exchange.
    const exchange = send({
      onHeaders(answerStatus, answerHeaders) {
        status = answerStatus
        headers = answerHeaders
      },
      onData(chunk) {
        pieces.push(chunk)
        length += chunk.length
        if (length > maxBytes) {
          exchange.abort()
          reject(backendFault('nonsense', `answered with more than ${maxBytes} bytes`))
        }
        return 'kept'
      },
      onEnd() {
        resolve({
          status,
          headers,
          body: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces),
        })
      },
      onError: reject,
    })
  })
}
