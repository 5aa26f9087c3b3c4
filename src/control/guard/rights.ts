/** What the guards ask about a caller. Another organization's things are not there, rather than forbidden. */
import type { Grant, Reach } from '../../iam/authority.ts'
import type { Permission } from '../../iam/permissions.ts'
import { found, type ResourceName } from '../../services/errors.ts'
import type { KeyBearer } from '../../services/keys.ts'
import type { ListInput } from '../../services/lists.ts'
import type { Services } from '../../services/services.ts'
import { type Caller, policiesOf } from '../caller.ts'
import { denied } from '../errors.ts'

export interface Rights {
  readonly organizationId: string
  /** The caller's own bearer. */
  isSelf(id: string): boolean
  may(permission: Permission): boolean
  reach(permission: Permission): Reach
  /** @throws ServiceError `permissions_denied` */
  require(permission: Permission): void
  /** @throws ServiceError `not_found` where it is another organization's */
  ours<Entity extends { readonly organization_id: string }>(
    entity: Entity,
    resource: ResourceName,
    id: string,
  ): Entity
  /** @throws ServiceError `not_found` where it is not the caller's organization */
  here(organizationId: string): void
  /** The list's own organization is the caller's. @throws ServiceError `not_found` where another one is asked for */
  within<Filters extends { readonly organization_id?: string | undefined }, Column extends string>(
    input: ListInput<Filters, Column>,
  ): ListInput<Filters, Column> & { readonly filters: Filters & { readonly organization_id: string } }
  /** Nobody gives what they do not hold. @throws ServiceError `permissions_denied` */
  requireGrantable(grants: readonly Grant[]): void
  /** Nobody acts in the name of who may more. @throws ServiceError `permissions_denied` */
  requireAsStrongAs(bearer: KeyBearer): Promise<void>
}

/** @param services unguarded: what others hold is looked up in them */
export function createRights(services: Services, { identity, authority }: Caller): Rights {
  const { bearer: self } = identity
  const organizationId = self.organization_id
  const here = (id: string): void => {
    found(id === organizationId ? id : undefined, 'organization', id)
  }
  const requireGrantable = (grants: readonly Grant[]): void => {
    const beyond = [...new Set(authority.beyond(grants))]
    if (beyond.length === 0) return
    throw denied(
      'permission_set',
      `grant ${beyond.join(', ')}`,
      `nobody gives what they do not hold: ${beyond.join(', ')}, there and under that condition`,
    )
  }
  return {
    organizationId,
    isSelf: (id) => id === self.id,
    may: authority.may,
    reach: authority.reach,
    require(permission) {
      if (authority.may(permission)) return
      const [resource = '', action = ''] = permission.split(':')
      throw denied(resource, action, `this needs ${permission}`)
    },
    ours: (entity, resource, id) =>
      found(entity.organization_id === organizationId ? entity : undefined, resource, id),
    here,
    within: (input) => {
      if (input.filters?.organization_id !== undefined) here(input.filters.organization_id)
      return { ...input, filters: { ...input.filters!, organization_id: organizationId } }
    },
    requireGrantable,
    async requireAsStrongAs(bearer) {
      if (authority.unlimited || bearer.id === self.id) return
      if (bearer.kind === 'user' && (await services.users.get(bearer.id)).type === 'owner') {
        throw denied(bearer.kind, 'act as', 'only who may give everything acts for the owner')
      }
      requireGrantable((await policiesOf(services, bearer)).flatMap((policy) => policy.rules))
    },
  }
}
