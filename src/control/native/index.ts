/**
 * The gate's own dialect, `/s3warden/v1`: the services as they are, for the command line at a distance. One operation a
 * method, `POST` with its arguments by name; it may change with the program, to whose command line it belongs.
 */
import type { Route } from '../route.ts'
import { NATIVE_APPLICATIONS } from './applications.ts'
import { NATIVE_BUCKETS } from './buckets.ts'
import { NATIVE_GROUPS } from './groups.ts'
import { NATIVE_KEYS } from './keys.ts'
import { NATIVE_LOGS } from './logs.ts'
import { NATIVE_ORGANIZATIONS } from './organizations.ts'
import { NATIVE_POLICIES } from './policies.ts'
import { NATIVE_PROJECTS } from './projects.ts'
import { NATIVE_USERS } from './users.ts'

export const NATIVE_ROUTES: readonly Route[] = [
  ...NATIVE_ORGANIZATIONS,
  ...NATIVE_PROJECTS,
  ...NATIVE_USERS,
  ...NATIVE_APPLICATIONS,
  ...NATIVE_GROUPS,
  ...NATIVE_POLICIES,
  ...NATIVE_KEYS,
  ...NATIVE_BUCKETS,
  ...NATIVE_LOGS,
]
