/** The way to a control plane: one operation of its own dialect a request. A refusal is the service's own error again. */
import { Secret } from '../../iam/secret.ts'
import { ServiceError, type ServiceFault } from '../../services/errors.ts'
import { CommandFailure } from '../fault.ts'

export interface Connection {
  /**
   * @param operation `users.lock`
   * @throws ServiceError where the service refuses, CommandFailure where the control plane does, or does not answer
   */
  call<Result>(operation: string, input: object): Promise<Result>
}

export interface ConnectionSettings {
  /** The control plane's base URL. */
  readonly endpoint: string
  /** A key's secret, or a session's token. */
  readonly token: Secret
  readonly userAgent: string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** What services refuse with; anything else is the listener's. */
const SERVICE_FAULTS: Readonly<Record<ServiceFault['type'], true>> = {
  invalid_arguments: true,
  not_found: true,
  already_exists: true,
  precondition_failed: true,
  permissions_denied: true,
  quotas_exceeded: true,
  transient_state: true,
  locked: true,
}

interface ErrorBody {
  readonly type: string
  readonly message: string
}

export function connect({ endpoint, token, userAgent }: ConnectionSettings): Connection {
  const base = endpoint.replace(/\/+$/, '')
  const header = UUID.test(token.reveal()) ? 'X-Auth-Token' : 'X-Session-Token'
  return {
    async call<Result>(operation: string, input: object): Promise<Result> {
      const path = `/s3warden/v1/${operation.replace('.', '/')}`
      const response = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: {
          [header]: token.reveal(),
          'Content-Type': 'application/json',
          'User-Agent': userAgent,
        },
        body: JSON.stringify(input, revealing),
        redirect: 'error',
      }).catch((error: unknown) => {
        const { cause, message } = error as Error
        throw new CommandFailure(
          `${base} does not answer: ${cause instanceof Error ? cause.message : message}`,
        )
      })
      const body = (await response.json().catch(() => {
        throw new CommandFailure(
          `${base} is no control plane of s3warden: it answers ${response.status} without JSON`,
        )
      })) as { readonly result: Result } | ErrorBody
      if (response.ok && 'result' in body) return body.result
      throw refusal(body as ErrorBody, base)
    },
  }
}

/** Secrets print as nothing, here too; this is one of the places where they are meant to go out. */
function revealing(this: unknown, key: string, value: unknown): unknown {
  const given = (this as Readonly<Record<string, unknown>>)[key]
  return given instanceof Secret ? given.reveal() : value
}

function refusal(body: ErrorBody, base: string): Error {
  const { type, message, ...fault } = body
  if (type === 'not_found' && 'resource' in fault && fault.resource === 'path') {
    return new CommandFailure(`${base} does not know this command: it is another version of s3warden`)
  }
  if (Object.hasOwn(SERVICE_FAULTS, type)) return new ServiceError({ type, ...fault } as ServiceFault)
  return new CommandFailure(`${base}: ${message}`)
}
