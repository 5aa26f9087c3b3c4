/** Quotas: how many of everything an organization may have. Configured; null is no limit. */
import type { Page } from '../store/query.ts'
import type { ServiceDeps } from './deps.ts'
import { ServiceError } from './errors.ts'

/** Each is counted in its organization unless its name says otherwise. */
export interface Quotas {
  readonly iam_users: number | null
  readonly iam_applications: number | null
  readonly iam_groups: number | null
  readonly iam_policies: number | null
  readonly iam_ssh_keys: number | null
  readonly iam_api_keys_per_bearer: number | null
  readonly iam_rules_per_policy: number | null
  readonly iam_members_per_group: number | null
  readonly projects: number | null
  readonly s3_buckets_per_project: number | null
}

export type QuotaName = keyof Quotas

export const UNLIMITED: Quotas = {
  iam_users: null,
  iam_applications: null,
  iam_groups: null,
  iam_policies: null,
  iam_ssh_keys: null,
  iam_api_keys_per_bearer: null,
  iam_rules_per_policy: null,
  iam_members_per_group: null,
  projects: null,
  s3_buckets_per_project: null,
}

/**
 * To be called within the transaction that is to add one more.
 * @param present how many there are; a list is counted, whatever its page
 * @throws ServiceError `quotas_exceeded`
 */
export async function checkQuota(
  { quotas = UNLIMITED }: Pick<ServiceDeps, 'quotas'>,
  name: QuotaName,
  present: () => Promise<Page<unknown>>,
): Promise<void> {
  if (quotas[name] === null) return
  const { total_count } = await present()
  checkCount({ quotas }, name, total_count + 1)
}

/** @throws ServiceError `quotas_exceeded` where `wanted` is more than may be */
export function checkCount(
  { quotas = UNLIMITED }: Pick<ServiceDeps, 'quotas'>,
  name: QuotaName,
  wanted: number,
): void {
  const quota = quotas[name]
  if (quota === null || wanted <= quota) return
  throw new ServiceError({
    type: 'quotas_exceeded',
    details: [{ resource: name, quota, current: wanted - 1 }],
  })
}
