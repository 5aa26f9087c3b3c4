/** `/iam/v1alpha1/grace-periods`: nobody has to renew a password or set up MFA, so there are none. */
import { z } from 'zod'
import { listQuery, uuid } from '../fields.ts'
import { type Route, route } from '../route.ts'

const list = route({
  name: 'ListGracePeriods',
  method: 'GET',
  path: '/iam/v1alpha1/grace-periods',
  about: "List a user's grace periods: none.",
  needs: 'caller',
  query: listQuery({ user_id: uuid.optional() }, ['created_at']),
  answer: z.object({ grace_periods: z.array(z.never()).readonly() }),
  handle: async ({ services, query }) => {
    if (query.user_id !== undefined) await services.users.get(query.user_id)
    return { grace_periods: [] }
  },
})

export const GRACE_PERIOD_ROUTES: readonly Route[] = [list]
