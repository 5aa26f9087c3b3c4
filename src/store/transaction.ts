/** All repositories: over plain reads, and over one transaction. */
import type { Queries } from './database.ts'
import { createApplicationReads, createApplicationWrites } from './entities/applications.ts'
import { createBackendReads, createBackendWrites } from './entities/backends.ts'
import { createBucketReads, createBucketWrites } from './entities/buckets.ts'
import { createGroupReads, createGroupWrites } from './entities/groups.ts'
import { createKeyReads, createKeyWrites } from './entities/keys.ts'
import { createLogReads, createLogWrites } from './entities/log.ts'
import { createOrganizationReads, createOrganizationWrites } from './entities/organizations.ts'
import { createPolicyReads, createPolicyWrites } from './entities/policies.ts'
import { createProjectReads, createProjectWrites } from './entities/projects.ts'
import { createSessionReads, createSessionWrites } from './entities/sessions.ts'
import { createSshKeyReads, createSshKeyWrites } from './entities/ssh-keys.ts'
import { createUserReads, createUserWrites } from './entities/users.ts'
import type { Repositories, Transaction } from './repositories.ts'
import type { Sealer } from './seal.ts'
import type { WriteContext } from './writes.ts'

export function createRepositories(queries: Queries, sealer: Sealer): Repositories {
  return {
    organizations: createOrganizationReads(queries),
    projects: createProjectReads(queries),
    users: createUserReads(queries),
    applications: createApplicationReads(queries),
    groups: createGroupReads(queries),
    policies: createPolicyReads(queries),
    keys: createKeyReads(queries, sealer),
    buckets: createBucketReads(queries),
    backends: createBackendReads(queries, sealer),
    sshKeys: createSshKeyReads(queries),
    sessions: createSessionReads(queries),
    log: createLogReads(queries),
  }
}

export function createTransaction(context: WriteContext): Transaction {
  return {
    organizations: createOrganizationWrites(context),
    projects: createProjectWrites(context),
    users: createUserWrites(context),
    applications: createApplicationWrites(context),
    groups: createGroupWrites(context),
    policies: createPolicyWrites(context),
    keys: createKeyWrites(context),
    buckets: createBucketWrites(context),
    backends: createBackendWrites(context),
    sshKeys: createSshKeyWrites(context),
    sessions: createSessionWrites(context),
    log: createLogWrites(context),
  }
}
