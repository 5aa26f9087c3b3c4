/**
 * Errors as S3 writes them: no namespace, the code's own elements between message and request ids.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses
 */
import type { S3Error } from './error.ts'
import { optionalElement, textElement, XML_DECLARATION } from './xml-writer.ts'

export interface ErrorContext {
  /** The request's path as it may be shown to the client; `''`: none. */
  readonly resource: string
  readonly requestId: string
  readonly hostId: string
}

/** The body of an error. Never sent in answer to HEAD. */
export function renderError(error: S3Error, context: ErrorContext): string {
  const elements = error.elements.map(([name, value]) => textElement(name, value)).join('')
  return (
    `${XML_DECLARATION}<Error>` +
    textElement('Code', error.code) +
    textElement('Message', error.message) +
    elements +
    optionalElement('Resource', context.resource === '' ? null : context.resource) +
    textElement('RequestId', context.requestId) +
    textElement('HostId', context.hostId) +
    '</Error>'
  )
}
