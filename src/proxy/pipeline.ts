/**
 * The life of one S3 request, top to bottom. Each step takes what only the step before can make:
 *
 * socket → receive → authenticate (who?) → ask (what?) → authorize (may they?) → execute (forward or answer) → report
 *
 * Any failure becomes an S3Error and is rendered in one place.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { assertEveryOperationMapped } from '../iam/required-access.ts'
import type { S3Error } from '../s3/error.ts'
import { type AskDeps, ask } from './ask.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'
import { type AuthorizeDeps, authorize } from './authorize.ts'
import { beginsItsPiece, watchChunkFraming } from './chunk-framing.ts'
import { noteClaimedBucket, noteClaimedKey } from './claimed.ts'
import { EdgeFault, type ReceiveDeps, type ReceivedRequest, receive } from './edge.ts'
import { type ExecuteDeps, execute } from './execute.ts'
import type { Limits } from './limits.ts'
import { authenticateForm, isFormUpload } from './post-form.ts'
import { asS3Error, sendError } from './reply.ts'

export interface PipelineDeps extends ReceiveDeps, AuthenticateDeps, AskDeps, AuthorizeDeps, ExecuteDeps {
  readonly limits: Limits
  /** Called once for every request, when its answer is out or its connection is gone. */
  readonly report: (request: ReceivedRequest) => void
  /** Called for failures that are ours to look into. */
  readonly alarm: (request: ReceivedRequest, error: unknown) => void
}

/**
 * @returns handles one request from its first byte to its log line; never throws, never rejects
 * @throws Error where an operation has no action: what nobody checks must not be served
 */
export function createPipeline(deps: PipelineDeps) {
  assertEveryOperationMapped()
  return (incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    const alone = beginsItsPiece(incoming)
    // INVARIANT: behind a fault of framing nothing on that connection is read as a request.
    if (distrusted.has(incoming.socket)) return
    const received = receive(incoming, response, expectsContinue, deps)
    response.once('close', () => deps.report(received.request))
    const fault = received.fault ?? chunkFaultOf(received.request, alone)
    if (fault === undefined) serve(received.request).catch((error: unknown) => fail(received.request, error))
    else distrust(received.request, fault)
  }

  /** What a chunked body turns out to be framed like later ends the request, whatever it has come to. */
  function chunkFaultOf(request: ReceivedRequest, alone: boolean): S3Error | undefined {
    if (!request.headers.has('transfer-encoding')) return undefined
    const plain =
      alone &&
      watchChunkFraming(request.incoming, () => {
        distrust(request, chunkFault())
        request.incoming.destroy()
      })
    return plain ? undefined : chunkFault()
  }

  function distrust(request: ReceivedRequest, fault: S3Error): void {
    distrusted.add(request.incoming.socket)
    if (request.journal.bucket === '') noteClaimedBucket(request)
    fail(request, fault)
  }

  async function serve(received: ReceivedRequest): Promise<void> {
    const client = isFormUpload(received)
      ? await authenticateForm(received, deps)
      : authenticate(received, deps)
    const leave = deps.limits.admit(client.key.record.access_key, client.project.id)
    received.response.once('close', leave)
    const asked = ask(client, deps)
    const authorized = await authorize(asked, deps)
    await execute(authorized, deps)
  }

  function fail(request: ReceivedRequest, thrown: unknown): void {
    const error = asS3Error(thrown)
    if (error.code === 'InternalError') deps.alarm(request, thrown)
    noteClaimedKey(request, deps.reader)
    sendError(request, error, resourceOf(request))
  }
}

/** Connections that are closing because it is not certain where a request on them ends. */
const distrusted = new WeakSet<Socket>()

function chunkFault(): EdgeFault {
  return new EdgeFault('BadRequest', {
    message: 'The chunked framing of the body has extensions or trailers, which are not accepted.',
  })
}

/** The path without its query, which may hold a signature. */
function resourceOf(request: ReceivedRequest): string {
  const target = request.rawTarget
  const question = target.indexOf('?')
  return question === -1 ? target : target.slice(0, question)
}
