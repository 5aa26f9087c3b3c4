/** `/iam/v1alpha1/quota`: the limits that the configuration sets, and that the services keep. */
import { z } from 'zod'
import { found } from '../../services/errors.ts'
import type { QuotaName, Quotas } from '../../services/quotas.ts'
import { listQuery, pageOf, several, text, uuid } from '../fields.ts'
import { pageFrom } from '../page.ts'
import { type Route, route } from '../route.ts'

const Limit = { limit: z.int().optional(), unlimited: z.literal(true).optional() }

const Quotum = z.object({
  name: z.string(),
  ...Limit,
  pretty_name: z.string(),
  unit: z.string(),
  description: z.string(),
  locality_type: z.literal('global'),
  limits: z.array(z.object({ global: z.literal(true), ...Limit })).readonly(),
})

const MEANING: Readonly<Record<QuotaName, readonly [prettyName: string, unit: string, description: string]>> =
  {
    iam_users: ['Users', 'user', 'Users in the organization'],
    iam_applications: ['Applications', 'application', 'Applications in the organization'],
    iam_groups: ['Groups', 'group', 'Groups in the organization'],
    iam_policies: ['Policies', 'policy', 'Policies in the organization'],
    iam_ssh_keys: ['SSH keys', 'SSH key', 'SSH keys in the organization'],
    iam_api_keys_per_bearer: ['API keys', 'API key', 'API keys of one user or application'],
    iam_rules_per_policy: ['Rules', 'rule', 'Rules in one policy'],
    iam_members_per_group: ['Group members', 'member', 'Users and applications in one group'],
    projects: ['Projects', 'project', 'Projects in the organization'],
    s3_buckets_per_project: [
      'Buckets',
      'bucket',
      'Buckets in one project, unless the project has its own number',
    ],
  }

/** In alphabetical order. */
const NAMES = (Object.keys(MEANING) as QuotaName[]).sort((a, b) => (a < b ? -1 : 1))

function view(name: QuotaName, quotas: Quotas): z.input<typeof Quotum> {
  const [pretty_name, unit, description] = MEANING[name]
  const quota = quotas[name]
  const limit = quota === null ? { unlimited: true as const } : { limit: quota }
  return {
    name,
    ...limit,
    pretty_name,
    unit,
    description,
    locality_type: 'global',
    limits: [{ global: true, ...limit }],
  }
}

/** Only the caller's own organization is there. */
function here(organizationId: string, asked: string | undefined): void {
  if (asked !== undefined) found(asked === organizationId ? asked : undefined, 'organization', asked)
}

const list = route({
  name: 'ListQuota',
  method: 'GET',
  path: '/iam/v1alpha1/quota',
  about: 'List quotas.',
  needs: ['quota:read'],
  query: listQuery({ quotum_names: several(text) }, ['name']),
  answer: pageOf('quota', Quotum),
  handle: ({ query, quotas, organizationId }) => {
    here(organizationId, query.organization_id)
    const asked = NAMES.filter((name) => query.quotum_names?.includes(name) ?? true)
    const ordered = query.order_by === 'name_desc' ? asked.toReversed() : asked
    const { items, total_count } = pageFrom(ordered, query)
    return { quota: items.map((name) => view(name, quotas)), total_count }
  },
})

const get = route({
  name: 'GetQuotum',
  method: 'GET',
  path: '/iam/v1alpha1/quota/{quotum_name}',
  about: 'Get a quota.',
  needs: ['quota:read'],
  query: z.strictObject({ organization_id: uuid.optional() }),
  answer: Quotum,
  handle: ({ params, query, quotas, organizationId }) => {
    here(organizationId, query.organization_id)
    const known = NAMES.find((name) => name === params.quotum_name)
    return view(found(known, 'quotum', params.quotum_name), quotas)
  },
})

export const QUOTA_ROUTES: readonly Route[] = [list, get]
