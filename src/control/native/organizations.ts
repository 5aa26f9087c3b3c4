/** The caller's organization. */
import { z } from 'zod'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { byId, ids, listInput, operation } from './operation.ts'

export const NATIVE_ORGANIZATIONS: readonly Route[] = [
  operation({
    name: 'organizations.get',
    needs: 'caller',
    effect: 'reads',
    input: byId,
    run: ({ services }, { id }) => services.organizations.get(id),
  }),
  operation({
    name: 'organizations.list',
    needs: 'caller',
    effect: 'reads',
    input: listInput({ organization_ids: ids, name: text.optional() }, ['created_at', 'name']),
    run: ({ services }, input) => services.organizations.list(input),
  }),
  operation({
    name: 'organizations.update',
    needs: ['organization:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, change: z.strictObject({ name: text.optional() }) }),
    run: ({ services, actor }, { id, change }) => services.organizations.update(actor, id, change),
  }),
]
