/** Whose buckets are. */
import { z } from 'zod'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { ids, listInput, operation, texts } from './operation.ts'

export const NATIVE_BUCKETS: readonly Route[] = [
  operation({
    name: 'buckets.get',
    needs: ['project:read'],
    effect: 'reads',
    input: z.strictObject({ name: text }),
    run: ({ services }, { name }) => services.buckets.get(name),
  }),
  operation({
    name: 'buckets.list',
    needs: ['project:read'],
    effect: 'reads',
    input: listInput(
      {
        names: texts,
        project_id: uuid.optional(),
        project_ids: ids,
        backend_id: uuid.optional(),
        states: z.array(z.enum(['creating', 'active', 'deleting', 'released'])).optional(),
      },
      ['name', 'created_at'],
    ),
    run: ({ services }, input) => services.buckets.list(input),
  }),
]
