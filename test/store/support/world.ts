/** A store in a directory of its own, and a small organization in it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { AccessKey, Application, Backend, Group, Policy, Project, User } from '../../../src/iam/model.ts'
import type { Actor } from '../../../src/iam/reader.ts'
import { Secret } from '../../../src/iam/secret.ts'
import { SYSTEM_RANDOM } from '../../../src/services/deps.ts'
import { createServices } from '../../../src/services/index.ts'
import type { Services } from '../../../src/services/services.ts'
import { openStore } from '../../../src/store/index.ts'
import type { Store, StoreLimits } from '../../../src/store/store.ts'

export const OPERATOR: Actor = { bearer_id: '', ip: '', user_agent: 'test' }

/** Removed when the test is over. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 's3warden-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export interface OpenTestStore {
  readonly dataDir: string
  readonly store: Store
  readonly services: Services
}

/** Closed when the test is over. */
export async function openTestStore(
  dataDir: string = temporaryDirectory(),
  limits: Partial<StoreLimits> = {},
  now: () => number = Date.now,
): Promise<OpenTestStore> {
  const store = await openStore({ dataDir, now, limits })
  onTestFinished(() => store.close())
  return { dataDir, store, services: createServices({ store, now, random: SYSTEM_RANDOM }) }
}

export interface World {
  readonly organization_id: string
  readonly owner: User
  readonly user: User
  readonly application: Application
  readonly group: Group
  readonly project: Project
  readonly second: Project
  readonly backend: Backend
  /** The application's own, on the default project. */
  readonly policy: Policy
  /** The group's, on the default project. */
  readonly groupPolicy: Policy
  readonly key: AccessKey
  readonly userKey: AccessKey
}

/** The application and the user are members of the group; the bucket `first-bucket` is the default project's. */
export async function makeWorld(services: Services): Promise<World> {
  const { organization, owner, project } = await services.organizations.create(OPERATOR, {
    name: 'acme',
    owner: { email: 'owner@example.com' },
  })
  const organization_id = organization.id
  const second = await services.projects.create(OPERATOR, { organization_id, name: 'second' })
  const user = await services.users.create(OPERATOR, { organization_id, email: 'ada@example.com' })
  const application = await services.applications.create(OPERATOR, { organization_id, name: 'backup' })
  const group = await services.groups.create(OPERATOR, {
    organization_id,
    name: 'writers',
    user_ids: [user.id],
    application_ids: [application.id],
  })
  const rules = [
    {
      permission_set_names: ['ObjectStorageObjectsRead'],
      scope: { kind: 'projects', project_ids: [project.id] },
    },
  ] as const
  const policy = await services.policies.create(OPERATOR, {
    organization_id,
    name: 'own',
    principal: { kind: 'application', id: application.id },
    rules,
  })
  const groupPolicy = await services.policies.create(OPERATOR, {
    organization_id,
    name: 'of the group',
    principal: { kind: 'group', id: group.id },
    rules: [{ ...rules[0], permission_set_names: ['ObjectStorageObjectsWrite'] }],
  })
  const { key } = await services.keys.create(OPERATOR, {
    bearer: { kind: 'application', id: application.id },
  })
  const { key: userKey } = await services.keys.create(OPERATOR, { bearer: { kind: 'user', id: user.id } })
  const backend = await services.backends.create(OPERATOR, {
    name: 'default',
    kind: 'ceph',
    endpoints: ['http://127.0.0.1:7480'],
    access_key: 'backend-key',
    secret_key: new Secret('backend-secret'),
  })
  await services.buckets.adopt(OPERATOR, {
    name: 'first-bucket',
    project_id: project.id,
    backend_id: backend.id,
  })
  return {
    organization_id,
    owner,
    user,
    application,
    group,
    project,
    second,
    backend,
    policy,
    groupPolicy,
    key,
    userKey,
  }
}
