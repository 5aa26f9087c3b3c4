/**
 * What a browser is told of its upload: a redirection, a bare status, or a document.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
import { targetPath } from '../s3/target.ts'
import { textElement, XML_DECLARATION } from '../s3/xml-writer.ts'
import type { FormUpload } from './authenticate.ts'
import type { AuthorizedRequest } from './authorize.ts'
import { readBackendError } from './backend/backend-error.ts'
import { type BackendAnswer, single } from './backend/index.ts'
import { endpointOf, sendEmpty, sendXml } from './reply.ts'
import type { RewriteDeps } from './rewrite.ts'

/** @throws S3Error what the backend refused */
export function sendFormResult(
  request: AuthorizedRequest,
  form: FormUpload,
  answer: BackendAnswer,
  { publicEndpoint }: RewriteDeps,
): void {
  if (answer.status >= 300) throw readBackendError(answer, [...request.asked.headers])
  const { received, target } = request.asked
  const bucket = request.bucket?.name ?? ''
  const etag = single(answer.headers, 'etag') ?? ''
  const version = single(answer.headers, 'x-amz-version-id') ?? ''
  const location = `${endpointOf(received, publicEndpoint)}${targetPath(target)}`
  const headers: [string, string][] = [['ETag', etag]]
  if (version !== '') headers.push(['x-amz-version-id', version])
  if (form.success.kind === 'redirect') {
    const url = new URL(form.success.url)
    url.searchParams.append('bucket', bucket)
    url.searchParams.append('key', form.key)
    url.searchParams.append('etag', etag)
    sendEmpty(received, 303, [...headers, ['Location', url.href]])
    return
  }
  headers.push(['Location', location])
  if (form.success.status !== 201) {
    sendEmpty(received, form.success.status, headers)
    return
  }
  const document =
    `${XML_DECLARATION}<PostResponse>` +
    textElement('Location', location) +
    textElement('Bucket', bucket) +
    textElement('Key', form.key) +
    textElement('ETag', etag) +
    '</PostResponse>'
  sendXml(received, 201, headers, document)
}
