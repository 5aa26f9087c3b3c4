/** Applications. */
import { z } from 'zod'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { byId, ids, listInput, operation, texts } from './operation.ts'

const settings = { description: text.optional(), tags: texts }

export const NATIVE_APPLICATIONS: readonly Route[] = [
  operation({
    name: 'applications.create',
    needs: ['application:write'],
    effect: 'changes',
    input: z.strictObject({ organization_id: uuid, name: text, ...settings }),
    run: ({ services, actor }, input) => services.applications.create(actor, input),
  }),
  operation({
    name: 'applications.get',
    needs: 'caller',
    effect: 'reads',
    input: byId,
    run: ({ services }, { id }) => services.applications.get(id),
  }),
  operation({
    name: 'applications.list',
    needs: ['application:read'],
    effect: 'reads',
    input: listInput(
      {
        organization_id: uuid.optional(),
        application_ids: ids,
        name: text.optional(),
        tag: text.optional(),
      },
      ['created_at', 'updated_at', 'name'],
    ),
    run: ({ services }, input) => services.applications.list(input),
  }),
  operation({
    name: 'applications.update',
    needs: ['application:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, change: z.strictObject({ name: text.optional(), ...settings }) }),
    run: ({ services, actor }, { id, change }) => services.applications.update(actor, id, change),
  }),
  operation({
    name: 'applications.delete',
    needs: ['application:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.applications.delete(actor, id),
  }),
]
