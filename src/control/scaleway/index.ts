/**
 * Scaleway's dialect: their IAM API (`/iam/v1alpha1`) and their projects (`/account/v3`), one file a noun.
 * https://www.scaleway.com/en/developers/api/iam/ · https://www.scaleway.com/en/developers/api/account/project-api/
 */
import type { Route } from '../route.ts'
import { API_KEY_ROUTES } from './api-keys.ts'
import { APPLICATION_ROUTES } from './applications.ts'
import { GRACE_PERIOD_ROUTES } from './grace-periods.ts'
import { GROUP_ROUTES } from './groups.ts'
import { JWT_ROUTES } from './jwts.ts'
import { LOG_ROUTES } from './logs.ts'
import { METADATA_ROUTES } from './metadata.ts'
import { PERMISSION_SET_ROUTES } from './permission-sets.ts'
import { POLICY_ROUTES } from './policies.ts'
import { PROJECT_ROUTES } from './projects.ts'
import { QUOTA_ROUTES } from './quota.ts'
import { RULE_ROUTES } from './rules.ts'
import { SSH_KEY_ROUTES } from './ssh-keys.ts'
import { USER_ROUTES } from './users.ts'

export const SCALEWAY_ROUTES: readonly Route[] = [
  ...API_KEY_ROUTES,
  ...APPLICATION_ROUTES,
  ...GROUP_ROUTES,
  ...USER_ROUTES,
  ...POLICY_ROUTES,
  ...RULE_ROUTES,
  ...PERMISSION_SET_ROUTES,
  ...QUOTA_ROUTES,
  ...JWT_ROUTES,
  ...LOG_ROUTES,
  ...GRACE_PERIOD_ROUTES,
  ...SSH_KEY_ROUTES,
  ...PROJECT_ROUTES,
  ...METADATA_ROUTES,
]
