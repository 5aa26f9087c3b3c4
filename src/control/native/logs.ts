/** The audit log. */
import { z } from 'zod'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { byId, listInput, operation } from './operation.ts'

export const NATIVE_LOGS: readonly Route[] = [
  operation({
    name: 'logs.get',
    needs: ['log:read'],
    effect: 'reads',
    input: byId,
    run: ({ services }, { id }) => services.logs.get(id),
  }),
  operation({
    name: 'logs.list',
    needs: ['log:read'],
    effect: 'reads',
    input: listInput(
      {
        organization_id: uuid.optional(),
        created_after: text.optional(),
        created_before: text.optional(),
        action: z.enum(['created', 'updated', 'deleted', 'refused']).optional(),
        resource_type: text.optional(),
        search: text.optional(),
      },
      ['created_at'],
    ),
    run: ({ services }, input) => services.logs.list(input),
  }),
]
