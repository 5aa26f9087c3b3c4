/**
 * The same signer made of aws4, kept on a short lead: it always gets an explicit credential (given none, aws4 signs
 * with the environment's), a path and a query that are canonical already, and nothing that it would add to or guess at.
 *
 * Two of its steps are replaced, because they take header values for Unicode text while HTTP sends one byte a
 * character: white space is only what HTTP calls so (JavaScript's `\s` includes the byte A0, the second half of `à`),
 * and what is hashed are those bytes.
 *
 * https://github.com/mhart/aws4
 */
import { createHash } from 'node:crypto'
import aws4 from 'aws4'
import type { HeaderList } from '../s3/headers.ts'
import { basicDate } from './request-date.ts'
import { type RequestSigner, type UnsignedRequest, unsignedHeaders } from './request-signer.ts'

/** @param deps.now milliseconds since the epoch */
export function createAws4Signer(deps: { now(): number }): RequestSigner {
  return {
    sign(request) {
      const headers = unsignedHeaders(request, basicDate(deps.now()))
      const authorization = new ByteExactSigner(request, headers).authorization()
      return [...headers, ['authorization', authorization]]
    },
  }
}

class ByteExactSigner extends aws4.RequestSigner {
  readonly #headers: HeaderList

  constructor(request: UnsignedRequest, headers: HeaderList) {
    super(
      {
        method: request.method,
        host: request.host,
        path: request.query === '' ? request.path : `${request.path}?${request.query}`,
        service: 's3',
        region: request.region,
        headers: Object.fromEntries(headers),
        doNotModifyHeaders: true,
      },
      { accessKeyId: request.accessKey, secretAccessKey: request.secretKey.reveal() },
    )
    this.datetime = headers.find(([name]) => name === 'x-amz-date')![1]
    this.#headers = headers.toSorted(([a], [b]) => (a < b ? -1 : 1))
  }

  /** aws4's own `sign` would write the query anew; only the header is wanted. */
  authorization(): string {
    this.prepareRequest()
    return this.authHeader()
  }

  /** All of them: aws4 leaves out Range, User-Agent and others. */
  override signedHeaders(): string {
    return this.#headers.map(([name]) => name).join(';')
  }

  override canonicalHeaders(): string {
    return this.#headers
      .map(([name, value]) => `${name}:${value.replace(/ +/g, ' ').replace(/^ | $/g, '')}`)
      .join('\n')
  }

  override stringToSign(): string {
    const canonical = createHash('sha256').update(this.canonicalString(), 'latin1').digest('hex')
    return `AWS4-HMAC-SHA256\n${this.getDateTime()}\n${this.credentialString()}\n${canonical}`
  }
}
