/**
 * Answers of a backend that say who owns what, or where the store is: at the backend everything belongs to the gate,
 * under a name and at an address that are nobody's business. What the client sees names its project and this endpoint.
 *
 * Text in XML cannot hold a raw `<`, so that nothing a tenant named can pose as an element.
 */
import type { Project } from '../iam/model.ts'
import { type MatchableOperationName, type MatchedOperation, parameter } from '../s3/operation.ts'
import { targetPath } from '../s3/target.ts'
import { escapeXml } from '../s3/xml.ts'
import type { AuthorizedRequest } from './authorize.ts'
import { endpointOf } from './reply.ts'

export interface RewriteDeps {
  /** The URL at which clients are told to find the gate; null: the one that they use. */
  readonly publicEndpoint: string | null
}

/** Takes a whole document and gives the one that the client gets. */
export type Rewrite = (document: string) => string

/** Operations whose answer names an owner, and CompleteMultipartUpload, whose answer names a place. */
const REWRITES: Partial<
  Record<MatchableOperationName, (request: AuthorizedRequest, deps: RewriteDeps) => Rewrite>
> = {
  ListObjects: owners,
  ListObjectsV2: owners,
  ListObjectVersions: owners,
  ListMultipartUploads: owners,
  ListParts: owners,
  CompleteMultipartUpload: location,
}

/** What is to be rewritten in this request's answer; undefined: nothing, it can stream through. */
export function rewriteOf(request: AuthorizedRequest, deps: RewriteDeps): Rewrite | undefined {
  const { operation } = request.asked
  return namesNobody(operation) ? undefined : REWRITES[operation.name]?.(request, deps)
}

/** A V2 list names owners only where it is asked to. */
function namesNobody(operation: MatchedOperation): boolean {
  return operation.name === 'ListObjectsV2' && parameter(operation, 'fetch-owner') !== 'true'
}

function owners(request: AuthorizedRequest): Rewrite {
  const { id, name } = request.principal.project satisfies Project
  const content = `<ID>${id}</ID><DisplayName>${escapeXml(name)}</DisplayName>`
  return (document) => replaceContent(replaceContent(document, 'Owner', content), 'Initiator', content)
}

function location(request: AuthorizedRequest, { publicEndpoint }: RewriteDeps): Rewrite {
  const { received, target } = request.asked
  const url = escapeXml(`${endpointOf(received, publicEndpoint)}${targetPath(target)}`)
  return (document) => replaceContent(document, 'Location', url)
}

/** Puts `content` (markup) into every element of that name. */
function replaceContent(document: string, name: string, content: string): string {
  const open = `<${name}>`
  const close = `</${name}>`
  let result = ''
  let position = 0
  for (;;) {
    const start = document.indexOf(open, position)
    const end = start === -1 ? -1 : document.indexOf(close, start)
    if (end === -1) return position === 0 ? document : result + document.slice(position)
    result += document.slice(position, start + open.length) + content
    position = end
  }
}
