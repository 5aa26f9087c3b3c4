/** A key before it is in the store: what it is asked to be, and what the key it is made through allows. */
import type { AccessKey } from '../iam/model.ts'
import type { Transaction } from '../store/repositories.ts'
import { found, ServiceError } from './errors.ts'
import { notAfter } from './key-lifetime.ts'
import type { KeyPair } from './key-material.ts'
import { inherit } from './key-restrictions.ts'
import type { KeyBearer } from './keys.ts'

export interface KeyDraft
  extends Pick<
    AccessKey,
    'name' | 'description' | 'imported' | 'restrictions' | 'parent_access_key' | 'expires_at'
  > {
  readonly bearer: KeyBearer
  readonly pair: KeyPair
  /** Null: the organization's default project. */
  readonly default_project_id: string | null
}

/**
 * What becomes of a draft that is made through another key. One without restrictions stands for its bearer and limits
 * nothing.
 * @throws ServiceError `permissions_denied` where the draft would exceed it
 */
export function limitedBy(through: AccessKey, draft: KeyDraft): KeyDraft {
  if (through.restrictions === null) return draft
  const { id } = draft.bearer
  if (id !== through.user_id && id !== through.application_id) {
    throw new ServiceError({
      type: 'permissions_denied',
      details: [{ resource: 'access_key', action: 'create for another bearer' }],
      help_message: 'a restricted key makes keys for its own bearer only',
    })
  }
  return {
    ...draft,
    restrictions: inherit(through.restrictions, draft.restrictions),
    parent_access_key: through.access_key,
    expires_at:
      draft.expires_at === null ? through.expires_at : notAfter(draft.expires_at, through.expires_at),
  }
}

/** @throws ServiceError `not_found` where the bearer, or its project, is not there */
export async function completeDraft(
  transaction: Transaction,
  { bearer, pair, default_project_id, ...rest }: KeyDraft,
  creationIp: string,
  at: string,
): Promise<AccessKey> {
  const organization_id = await organizationOf(transaction, bearer)
  return {
    access_key: pair.accessKey,
    name: rest.name,
    description: rest.description,
    organization_id,
    user_id: bearer.kind === 'user' ? bearer.id : null,
    application_id: bearer.kind === 'application' ? bearer.id : null,
    default_project_id: await projectIn(transaction, organization_id, default_project_id),
    restrictions: rest.restrictions,
    parent_access_key: rest.parent_access_key,
    imported: rest.imported,
    expires_at: rest.expires_at,
    creation_ip: creationIp,
    created_at: at,
    updated_at: at,
  }
}

/** One of another organization is not there; null stands for the default one. @throws ServiceError `not_found` */
export async function projectIn(
  transaction: Transaction,
  organizationId: string,
  projectId: string | null,
): Promise<string> {
  if (projectId === null) {
    return found(await transaction.projects.defaultOf(organizationId), 'organization', organizationId).id
  }
  const project = await transaction.projects.find(projectId)
  return found(project?.organization_id === organizationId ? project : undefined, 'project_id', projectId).id
}

async function organizationOf(transaction: Transaction, { kind, id }: KeyBearer): Promise<string> {
  const bearer = kind === 'user' ? await transaction.users.find(id) : await transaction.applications.find(id)
  return found(bearer, kind, id).organization_id
}
