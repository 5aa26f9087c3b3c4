/** Projects. */
import { z } from 'zod'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { byId, ids, listInput, operation } from './operation.ts'

const settings = {
  description: text.optional(),
  backend_id: uuid.nullish(),
  max_buckets: z.int().nullish(),
}

export const NATIVE_PROJECTS: readonly Route[] = [
  operation({
    name: 'projects.create',
    needs: ['project:write'],
    effect: 'changes',
    input: z.strictObject({ organization_id: uuid, name: text, ...settings }),
    run: ({ services, actor }, input) => services.projects.create(actor, input),
  }),
  operation({
    name: 'projects.get',
    needs: ['project:read'],
    effect: 'reads',
    input: byId,
    run: ({ services }, { id }) => services.projects.get(id),
  }),
  operation({
    name: 'projects.list',
    needs: ['project:read'],
    effect: 'reads',
    input: listInput(
      {
        organization_id: uuid.optional(),
        project_ids: ids,
        name: text.optional(),
        is_default: z.boolean().optional(),
      },
      ['created_at', 'name'],
    ),
    run: ({ services }, input) => services.projects.list(input),
  }),
  operation({
    name: 'projects.update',
    needs: ['project:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, change: z.strictObject({ name: text.optional(), ...settings }) }),
    run: ({ services, actor }, { id, change }) => services.projects.update(actor, id, change),
  }),
  operation({
    name: 'projects.delete',
    needs: ['project:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.projects.delete(actor, id),
  }),
]
