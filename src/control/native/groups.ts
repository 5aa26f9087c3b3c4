/** Groups. */
import { z } from 'zod'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { byId, ids, listInput, operation, texts } from './operation.ts'

const settings = { description: text.optional(), tags: texts }
const members = { user_ids: ids, application_ids: ids }
const withMembers = z.strictObject({ id: uuid, members: z.strictObject(members) })

export const NATIVE_GROUPS: readonly Route[] = [
  operation({
    name: 'groups.create',
    needs: ['group:write'],
    effect: 'changes',
    input: z.strictObject({ organization_id: uuid, name: text, ...settings, ...members }),
    run: ({ services, actor }, input) => services.groups.create(actor, input),
  }),
  operation({
    name: 'groups.get',
    needs: ['group:read'],
    effect: 'reads',
    input: byId,
    run: ({ services }, { id }) => services.groups.get(id),
  }),
  operation({
    name: 'groups.list',
    needs: ['group:read'],
    effect: 'reads',
    input: listInput(
      {
        organization_id: uuid.optional(),
        group_ids: ids,
        ...members,
        name: text.optional(),
        tag: text.optional(),
      },
      ['created_at', 'updated_at', 'name'],
    ),
    run: ({ services }, input) => services.groups.list(input),
  }),
  operation({
    name: 'groups.update',
    needs: ['group:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, change: z.strictObject({ name: text.optional(), ...settings }) }),
    run: ({ services, actor }, { id, change }) => services.groups.update(actor, id, change),
  }),
  operation({
    name: 'groups.delete',
    needs: ['group:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.groups.delete(actor, id),
  }),
  operation({
    name: 'groups.addMembers',
    needs: ['group:write'],
    effect: 'changes',
    input: withMembers,
    run: ({ services, actor }, { id, members }) => services.groups.addMembers(actor, id, members),
  }),
  operation({
    name: 'groups.removeMembers',
    needs: ['group:write'],
    effect: 'changes',
    input: withMembers,
    run: ({ services, actor }, { id, members }) => services.groups.removeMembers(actor, id, members),
  }),
  operation({
    name: 'groups.setMembers',
    needs: ['group:write'],
    effect: 'changes',
    input: withMembers,
    run: ({ services, actor }, { id, members }) => services.groups.setMembers(actor, id, members),
  }),
]
