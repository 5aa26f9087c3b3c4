/**
 * PostObject, a browser's upload: its credentials, its key and what would be headers stand in the form. They are read
 * from the first bytes, verified against the signed policy, and from there on the request is an upload like any other.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */

import { formatTaggingHeader, parseTagging } from '../s3/bodies/tagging.ts'
import { invalidArgument, S3Error } from '../s3/error.ts'
import {
  FormFileDecoder,
  type FormHead,
  fileLength,
  formBoundary,
  MAX_TAIL,
  parseFormHead,
} from '../s3/form-data.ts'
import { fieldValue, type Headers, isFieldValue, isHeaderName } from '../s3/headers.ts'
import { parseTarget } from '../s3/target.ts'
import { checkPostLength, checkPostPolicy, requireBucketCondition } from '../sigv4/post-conditions.ts'
import { type PostForm, postClaim, postForm, requireField, verifyPostClaim } from '../sigv4/post-form.ts'
import { parsePostPolicy } from '../sigv4/post-policy.ts'
import {
  type AuthenticateDeps,
  type AuthenticatedRequest,
  type FormUpload,
  failuresCounted,
  inForce,
  noteTarget,
} from './authenticate.ts'
import { announcedLength, type ReceivedRequest } from './edge.ts'
import { sendContinue } from './reply.ts'

/** How long a client may take to send what stands before the file. */
const HEAD_MS = 30_000

/** Form fields that are headers of PutObject under the same name. */
const HEADER_FIELDS: ReadonlySet<string> = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-type',
  'expires',
])

/** Fields that authenticate, and are no headers. */
const AUTHENTICATION_FIELDS: ReadonlySet<string> = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-signature',
])

/** A form without an Authorization header: what carries both is refused as an ordinary request. */
export function isFormUpload(received: ReceivedRequest): boolean {
  if (received.method !== 'POST' || received.headers.has('authorization')) return false
  return received.headers.get('content-type')?.toLowerCase().startsWith('multipart/form-data') === true
}

/** @throws S3Error what is wrong with the form, its policy or its signature; nothing of the file has been read then */
export async function authenticateForm(
  received: ReceivedRequest,
  deps: AuthenticateDeps,
): Promise<AuthenticatedRequest> {
  received.journal.auth = 'form'
  const parsed = parseTarget(received.rawTarget, received.headers.get('host') as string, deps.names)
  const { query } = parsed
  // Neither host nor path is signed: the policy says which bucket it may be.
  const { target } = [parsed, ...parsed.others].find((one) => one.target.kind === 'bucket') ?? parsed
  noteTarget(received, target)
  if (target.kind !== 'bucket' || query.length > 0) {
    throw new S3Error('MethodNotAllowed', {
      elements: [
        ['Method', 'POST'],
        ['ResourceType', target.kind.toUpperCase()],
      ],
    })
  }
  const total = announcedLength(received.headers)
  if (total === null || total === 0) throw new S3Error('MissingContentLength')
  const boundary = formBoundary(received.headers.get('content-type') as string)
  const head = await readHead(received, boundary, total)
  const form = postForm(head.fields, head.filename)

  deps.reader.refresh()
  const { scope, sigV2 } = deps.authentication()
  const claim = postClaim(form, { scope, sigV2 })
  const reference = claim.kind === 'sigv4' ? claim.credential : claim
  const found = deps.reader.findKey(reference.accessKey)
  failuresCounted(received, deps, () => verifyPostClaim(claim, found?.secret, deps.signingKeys))
  const inForceNow = inForce(received, found, reference, deps.reader)

  const policy = parsePostPolicy(claim.policy)
  requireBucketCondition(policy)
  const allowed = checkPostPolicy(policy, form, {
    bucket: target.bucket,
    now: received.time,
  })
  const length = fileLength(boundary, total - head.length)
  // What follows the file is not known yet.
  checkPostLength({ min: allowed.min, max: allowed.max + MAX_TAIL }, length.longest)
  const key = requireField(form, 'key')
  noteTarget(received, { kind: 'object', bucket: target.bucket, key })
  const upload: FormUpload = {
    key,
    headers: formHeaders(form),
    length,
    decoder: (file, exactly) =>
      new FormFileDecoder(boundary, file, {
        exactly,
        checkLength: (bytes) => checkPostLength(allowed, bytes),
      }),
    success: successOf(form),
  }
  return {
    received,
    target,
    signedHost: parsed.host,
    query,
    hoists: false,
    payload: { kind: 'unsigned' },
    seed: null,
    form: upload,
    ...inForceNow,
  }
}

/** Reads up to the file's first byte, and leaves the stream there. @param total bytes of the body */
async function readHead(received: ReceivedRequest, boundary: string, total: number): Promise<FormHead> {
  const { incoming } = received
  // The credentials are in the body: a client that waits cannot be decided upon before it goes on.
  sendContinue(received)
  const pieces: Buffer[] = []
  let length = 0
  // Looked at anew only when twice as much is there, so that the work is linear however small the pieces are.
  let due = 0
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      incoming.pause()
      incoming.off('data', take)
      incoming.off('end', cut)
      incoming.off('close', cut)
    }
    const parse = (): void => {
      const bytes = Buffer.concat(pieces)
      try {
        const head = parseFormHead(bytes, boundary)
        if (head === undefined) return
        stop()
        if (head.length < bytes.length) incoming.unshift(bytes.subarray(head.length))
        resolve(head)
      } catch (error) {
        stop()
        reject(error)
      }
    }
    const take = (chunk: Buffer): void => {
      pieces.push(chunk)
      length += chunk.length
      if (length < due && length < total) return
      due = 2 * length
      parse()
    }
    const cut = (): void => {
      stop()
      reject(new S3Error('MalformedPOSTRequest', { reason: 'the form ends before its file' }))
    }
    const timer = setTimeout(() => {
      stop()
      reject(new S3Error('RequestTimeout'))
    }, HEAD_MS)
    incoming.on('data', take)
    incoming.once('end', cut)
    incoming.once('close', cut)
  })
}

/** Each field that means something to PutObject, as the header that it stands for: authorized and forwarded as such. */
function formHeaders(form: PostForm): Headers {
  const headers = new Map<string, string>()
  for (const [name, value] of form.fields) {
    if (name === 'x-amz-security-token') throw new S3Error('InvalidToken')
    if (AUTHENTICATION_FIELDS.has(name)) continue
    if (name === 'acl') headers.set('x-amz-acl', headerOf(name, value))
    else if (name === 'tagging')
      headers.set('x-amz-tagging', formatTaggingHeader(parseTagging(Buffer.from(value), 'object')))
    else if (HEADER_FIELDS.has(name) || name.startsWith('x-amz-')) {
      if (headers.has(name))
        throw invalidArgument(name, value, `The form field ${name} is given more than once.`)
      headers.set(name, headerOf(name, value))
    }
  }
  return headers
}

/** @throws S3Error for what a header cannot hold */
function headerOf(name: string, value: string): string {
  if (!isHeaderName(name)) {
    throw invalidArgument(name, value, `The form field ${name} does not name a header.`)
  }
  if (isFieldValue(value)) return fieldValue(value)
  throw invalidArgument(name, '', `The form field ${name} holds characters that a header cannot hold.`)
}

/** What the client is told when it worked: a redirection to a page of its own, or a status. */
function successOf(form: PostForm): FormUpload['success'] {
  const redirect = form.fields.get('success_action_redirect') ?? form.fields.get('redirect')
  if (redirect !== undefined && redirect !== '') {
    if (/^https?:\/\//i.test(redirect) && URL.canParse(redirect)) return { kind: 'redirect', url: redirect }
    throw invalidArgument(
      'success_action_redirect',
      redirect,
      'The redirection must be an http or https URL.',
    )
  }
  const status = form.fields.get('success_action_status')
  return { kind: 'status', status: status === '200' ? 200 : status === '201' ? 201 : 204 }
}
