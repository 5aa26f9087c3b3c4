/**
 * The life of one S3 request, top to bottom. Each step takes what only the step before can make:
 *
 * socket → receive → authenticate (who?) → ask (what?) → authorize (may they?) → execute (forward or answer) → report
 *
 * Any failure becomes an S3Error and is rendered in one place.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { assertEveryOperationMapped } from '../iam/required-access.ts'
import { type AskDeps, ask } from './ask.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'
import { type AuthorizeDeps, authorize } from './authorize.ts'
import { watchChunkFraming } from './chunk-framing.ts'
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
    const received = receive(incoming, response, expectsContinue, deps)
    response.once('close', () => deps.report(received.request))
    if (received.fault !== undefined) fail(received.request, received.fault)
    else if (!isPlainlyFramed(received.request)) fail(received.request, chunkFault())
    else serve(received.request).catch((error: unknown) => fail(received.request, error))
  }

  /** What a chunked body turns out to be framed like later ends the request, whatever it has come to. */
  function isPlainlyFramed(request: ReceivedRequest): boolean {
    if (!request.headers.has('transfer-encoding')) return true
    return watchChunkFraming(request.incoming, () => {
      fail(request, chunkFault())
      request.incoming.destroy()
    })
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
    sendError(request, error, resourceOf(request))
  }
}

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
