/**
 * Everything the control plane refuses with: the services' faults, and what only a listener can find. Clients dispatch
 * on `type`; each has one status.
 * https://www.scaleway.com/en/developers/api/ (the errors that all of Scaleway's products have in common)
 */
import { StoreUnavailable } from '../iam/reader.ts'
import { type ArgumentFault, describeFault, ServiceError, type ServiceFault } from '../services/errors.ts'

export type AuthenticationReason = 'invalid_argument' | 'not_found' | 'expired'

type ListenerFault =
  | {
      readonly type: 'denied_authentication'
      readonly method: 'api_key' | 'jwt'
      readonly reason: AuthenticationReason
      readonly message: string
    }
  | {
      readonly type: 'too_many_requests'
      readonly help_message: string
      readonly limit: { readonly quota: number; readonly window_seconds: number }
      readonly reset_seconds: number
    }
  | { readonly type: 'not_found'; readonly resource: 'path'; readonly resource_id: string }
  | { readonly type: 'method_not_allowed'; readonly allow: string }
  | { readonly type: 'unavailable'; readonly message: string }
  | { readonly type: 'internal_error'; readonly message: string }

export type ControlFault = ServiceFault | ListenerFault

const STATUS: Readonly<Record<ControlFault['type'], number>> = {
  invalid_arguments: 400,
  denied_authentication: 401,
  permissions_denied: 403,
  quotas_exceeded: 403,
  not_found: 404,
  method_not_allowed: 405,
  already_exists: 409,
  transient_state: 409,
  precondition_failed: 412,
  locked: 423,
  too_many_requests: 429,
  internal_error: 500,
  unavailable: 503,
}

/** A refusal that no service makes. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly fault: ListenerFault

  constructor(fault: ListenerFault) {
    super(describe(fault))
    this.fault = fault
  }
}

export interface RenderedError {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>> & { readonly type: ControlFault['type'] }
}

/** @returns undefined for what is a defect of ours: the caller logs it and answers {@link INTERNAL} */
export function renderError(error: unknown): RenderedError | undefined {
  if (error instanceof StoreUnavailable) {
    return render({ type: 'unavailable', message: 'the store does not answer: try again' })
  }
  if (error instanceof ServiceError || error instanceof ControlError) return render(error.fault)
  return undefined
}

export const INTERNAL: RenderedError = render({
  type: 'internal_error',
  message: 'this is a fault of the gate: its log says more, under the request id',
})

function render(fault: ControlFault): RenderedError {
  return { status: STATUS[fault.type], body: { message: describe(fault), ...fault } }
}

/** One line for people. */
function describe(fault: ControlFault): string {
  switch (fault.type) {
    case 'denied_authentication':
    case 'unavailable':
    case 'internal_error':
      return fault.message
    case 'too_many_requests':
      return fault.help_message
    case 'method_not_allowed':
      return `this path allows ${fault.allow}`
    case 'not_found':
      return `${fault.resource} \`${fault.resource_id}\` was not found`
    default:
      return describeFault(fault)
  }
}

export function invalid(...details: readonly ArgumentFault[]): ServiceError {
  return new ServiceError({ type: 'invalid_arguments', details })
}

export function denied(resource: string, action: string, helpMessage: string): ServiceError {
  return new ServiceError({
    type: 'permissions_denied',
    details: [{ resource, action }],
    help_message: helpMessage,
  })
}
