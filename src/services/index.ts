/** Makes the services over a store. */
import { createApplications } from './applications.ts'
import { createBackends } from './backends.ts'
import { createBootstrap } from './bootstrap.ts'
import { createBuckets } from './buckets.ts'
import type { ServiceDeps } from './deps.ts'
import { createGroups } from './groups.ts'
import { createKeys } from './keys.ts'
import { createLogs } from './logs.ts'
import { createOrganizations } from './organizations.ts'
import { createPermissionSets } from './permission-sets.ts'
import { createPolicies } from './policies.ts'
import { createProjects } from './projects.ts'
import type { Services } from './services.ts'
import { createSessions } from './sessions.ts'
import { createSshKeys } from './ssh-keys.ts'
import { createUsers } from './users.ts'

export function createServices(deps: ServiceDeps): Services {
  const inTransaction: Services['inTransaction'] = (actor, work) =>
    deps.store.transaction(actor, (transaction) =>
      work(
        createServices({
          ...deps,
          // Transactions within are this one.
          store: {
            repositories: transaction,
            transaction: (_actor, inner) => inner(transaction),
            signToken: deps.store.signToken,
          },
        }),
      ),
    )
  return {
    organizations: createOrganizations(deps),
    projects: createProjects(deps),
    users: createUsers(deps),
    applications: createApplications(deps),
    groups: createGroups(deps),
    policies: createPolicies(deps),
    permissionSets: createPermissionSets(),
    keys: createKeys(deps),
    buckets: createBuckets(deps),
    backends: createBackends(deps),
    sshKeys: createSshKeys(deps),
    sessions: createSessions(deps),
    logs: createLogs(deps),
    bootstrap: createBootstrap(deps, inTransaction),
    inTransaction,
  }
}
