/**
 * Why a service refused: a closed union in the control plane's words, which command line and control plane render.
 * Nothing was changed where one is thrown.
 */

export interface ArgumentFault {
  /** As the caller named it, with its position where it lies deeper: `rules.0.condition`. */
  readonly argument_name: string
  readonly reason: 'required' | 'format' | 'constraint' | 'unknown'
  /** What is expected, in a sentence. Never holds a secret. */
  readonly help_message: string
}

export type ResourceName =
  | 'organization'
  | 'project_id'
  | 'user'
  | 'application'
  | 'group'
  | 'policy'
  | 'rule'
  | 'access_key'
  | 'bucket'
  | 'backend'
  | 'log'
  | 'ssh_key'
  | 'jwt'
  | 'quotum'

export type ServiceFault =
  | { readonly type: 'invalid_arguments'; readonly details: readonly ArgumentFault[] }
  | { readonly type: 'not_found'; readonly resource: ResourceName; readonly resource_id: string }
  | {
      readonly type: 'already_exists'
      readonly resource: ResourceName
      readonly resource_id: string
      readonly help_message: string
    }
  | {
      readonly type: 'precondition_failed'
      readonly precondition:
        | 'resource_still_in_use'
        | 'attribute_must_be_set'
        | 'resource_not_deletable'
        | 'owner_not_lockable'
        | 'resource_not_editable'
        | 'endpoint_changed'
      readonly help_message: string
    }
  | {
      readonly type: 'permissions_denied'
      readonly details: readonly { readonly resource: string; readonly action: string }[]
      readonly help_message: string
    }
  | {
      readonly type: 'quotas_exceeded'
      readonly details: readonly {
        readonly resource: string
        readonly quota: number
        readonly current: number
      }[]
    }
  | {
      readonly type: 'transient_state'
      readonly resource: ResourceName
      readonly resource_id: string
      readonly current_state: string
    }
  | { readonly type: 'locked'; readonly resource: ResourceName; readonly resource_id: string }

export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly fault: ServiceFault

  constructor(fault: ServiceFault) {
    super(describeFault(fault))
    this.fault = fault
  }
}

/** One line for people, without a trailing full stop. */
export function describeFault(fault: ServiceFault): string {
  switch (fault.type) {
    case 'invalid_arguments':
      return fault.details.map((detail) => `\`${detail.argument_name}\`: ${detail.help_message}`).join('; ')
    case 'not_found':
      return `${fault.resource} \`${fault.resource_id}\` was not found`
    case 'already_exists':
    case 'precondition_failed':
    case 'permissions_denied':
      return fault.help_message
    case 'quotas_exceeded':
      return fault.details
        .map((detail) => `quota of ${detail.resource} exceeded: ${detail.current} of ${detail.quota}`)
        .join('; ')
    case 'transient_state':
      return `${fault.resource} \`${fault.resource_id}\` is ${fault.current_state}; try again`
    case 'locked':
      return `${fault.resource} \`${fault.resource_id}\` is locked`
  }
}

/** @throws ServiceError where the entity is not there */
export function found<Entity>(entity: Entity | undefined, resource: ResourceName, id: string): Entity {
  if (entity === undefined) throw new ServiceError({ type: 'not_found', resource, resource_id: id })
  return entity
}

/** The refusal of a deletion that would leave something without what it stands on. */
export function stillInUse(helpMessage: string): ServiceError {
  return new ServiceError({
    type: 'precondition_failed',
    precondition: 'resource_still_in_use',
    help_message: helpMessage,
  })
}

/** The refusal of a deletion of what always is there. */
export function notDeletable(helpMessage: string): ServiceError {
  return new ServiceError({
    type: 'precondition_failed',
    precondition: 'resource_not_deletable',
    help_message: helpMessage,
  })
}
