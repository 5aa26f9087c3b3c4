/** Who calls, with what they may do: made anew for every request, and again within the transaction of a change. */
import { type Authority, createAuthority, NO_AUTHORITY } from '../iam/authority.ts'
import { ConditionFacts } from '../iam/condition.ts'
import type { Policy } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import { everyEntity } from '../services/lists.ts'
import type { Services } from '../services/services.ts'
import type { Identity } from './authenticate.ts'

export interface Caller {
  readonly identity: Identity
  readonly authority: Authority
  /** As the audit log names it. */
  readonly actor: Actor
}

/** The request, as conditions of rules may ask about it. */
export interface CallFacts {
  readonly ip: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly userAgent: string
  /** The route's name. */
  readonly operation: string
}

export async function callerOf(services: Services, identity: Identity, facts: CallFacts): Promise<Caller> {
  const { bearer, restricted } = identity
  const authority = restricted
    ? NO_AUTHORITY
    : createAuthority(
        bearer,
        await policiesOf(services, bearer),
        new ConditionFacts({ ...facts, prefix: null, name: null, id: null, locality: null }),
      )
  return {
    identity,
    authority,
    actor: { bearer_id: bearer.id, ip: facts.ip, user_agent: facts.userAgent },
  }
}

/** The policies of a user or application: its own, and those of its groups. */
export async function policiesOf(
  { policies, groups }: Services,
  { kind, id }: { readonly kind: 'user' | 'application'; readonly id: string },
): Promise<readonly Policy[]> {
  const member = kind === 'user' ? { user_ids: [id] } : { application_ids: [id] }
  const group_ids = (await whole(everyEntity(groups.list, { filters: member }))).map((group) => group.id)
  const own = await whole(everyEntity(policies.list, { filters: member }))
  if (group_ids.length === 0) return own
  return [...own, ...(await whole(everyEntity(policies.list, { filters: { group_ids } })))]
}

/** The policies of a group. */
export function policiesOfGroup({ policies }: Services, id: string): Promise<readonly Policy[]> {
  return whole(everyEntity(policies.list, { filters: { group_ids: [id] } }))
}

async function whole<Entity>(entities: AsyncGenerator<Entity>): Promise<readonly Entity[]> {
  const all: Entity[] = []
  for await (const entity of entities) all.push(entity)
  return all
}
