/**
 * The services at a distance: the same interfaces, each call a request to a control plane, which knows by the token who
 * calls. What belongs to the gate's operator (backends, whose a bucket is, whole organizations) is not to be had there.
 */
import { Secret } from '../../iam/secret.ts'
import type { CreatedKey } from '../../services/keys.ts'
import { createPermissionSets } from '../../services/permission-sets.ts'
import type { Services } from '../../services/services.ts'
import { CommandFailure } from '../fault.ts'
import type { Connection } from './connection.ts'

/** A key that was made, as it comes over the wire. */
type ShownKey = Omit<CreatedKey, 'secret_key'> & { readonly secret_key: string }

const withSecret = ({ key, secret_key }: ShownKey): CreatedKey => ({
  key,
  secret_key: new Secret(secret_key),
})

function operatorsOnly(): Promise<never> {
  return Promise.reject(
    new CommandFailure('this is for the operator: run it where the store is, without --endpoint'),
  )
}

export function remoteServices({ call }: Connection): Services {
  return {
    organizations: {
      create: operatorsOnly,
      get: (id) => call('organizations.get', { id }),
      list: (input) => call('organizations.list', input),
      update: (_actor, id, change) => call('organizations.update', { id, change }),
      delete: operatorsOnly,
    },
    projects: {
      create: (_actor, input) => call('projects.create', input),
      get: (id) => call('projects.get', { id }),
      list: (input) => call('projects.list', input),
      update: (_actor, id, change) => call('projects.update', { id, change }),
      delete: (_actor, id) => call('projects.delete', { id }),
    },
    users: {
      create: (_actor, input) => call('users.create', input),
      get: (id) => call('users.get', { id }),
      list: (input) => call('users.list', input),
      update: (_actor, id, change) => call('users.update', { id, change }),
      delete: (_actor, id) => call('users.delete', { id }),
      lock: (_actor, id) => call('users.lock', { id }),
      unlock: (_actor, id) => call('users.unlock', { id }),
      updatePassword: (_actor, id, password) => call('users.updatePassword', { id, password }),
      updateUsername: (_actor, id, username) => call('users.updateUsername', { id, username }),
      verifyPassword: operatorsOnly,
      stillHolds: operatorsOnly,
    },
    applications: {
      create: (_actor, input) => call('applications.create', input),
      get: (id) => call('applications.get', { id }),
      list: (input) => call('applications.list', input),
      update: (_actor, id, change) => call('applications.update', { id, change }),
      countKeys: async (id) =>
        (await call<{ total_count: number }>('keys.list', { filters: { bearer_ids: [id] } })).total_count,
      delete: (_actor, id) => call('applications.delete', { id }),
    },
    groups: {
      create: (_actor, input) => call('groups.create', input),
      get: (id) => call('groups.get', { id }),
      list: (input) => call('groups.list', input),
      update: (_actor, id, change) => call('groups.update', { id, change }),
      delete: (_actor, id) => call('groups.delete', { id }),
      addMembers: (_actor, id, members) => call('groups.addMembers', { id, members }),
      removeMembers: (_actor, id, members) => call('groups.removeMembers', { id, members }),
      setMembers: (_actor, id, members) => call('groups.setMembers', { id, members }),
    },
    policies: {
      create: (_actor, input) => call('policies.create', input),
      get: (id) => call('policies.get', { id }),
      list: (input) => call('policies.list', input),
      update: (_actor, id, change) => call('policies.update', { id, change }),
      delete: (_actor, id) => call('policies.delete', { id }),
      clone: (_actor, id) => call('policies.clone', { id }),
      replaceRules: (_actor, id, rules) => call('policies.replaceRules', { id, rules }),
      addRule: (_actor, id, rule) => call('policies.addRule', { id, rule }),
      deleteRule: (_actor, id, rule_id) => call('policies.deleteRule', { id, rule_id }),
    },
    // The same closed list wherever the program runs.
    permissionSets: createPermissionSets(),
    keys: {
      create: async (_actor, input) => withSecret(await call('keys.create', input)),
      import: (_actor, input) => call('keys.import', input),
      get: (access_key) => call('keys.get', { access_key }),
      list: (input) => call('keys.list', input),
      update: (_actor, access_key, change) => call('keys.update', { access_key, change }),
      revoke: (_actor, access_key) => call('keys.revoke', { access_key }),
      rotate: async (_actor, access_key, grace_ms) =>
        withSecret(await call('keys.rotate', { access_key, grace_ms })),
      findBySecret: operatorsOnly,
    },
    buckets: {
      get: (name) => call('buckets.get', { name }),
      list: (input) => call('buckets.list', input),
      adopt: operatorsOnly,
      release: operatorsOnly,
    },
    logs: {
      get: (id) => call('logs.get', { id }),
      list: (input) => call('logs.list', input),
      recordRefusal: operatorsOnly,
    },
    backends: {
      create: operatorsOnly,
      get: operatorsOnly,
      list: operatorsOnly,
      update: operatorsOnly,
      delete: operatorsOnly,
      syncConfigured: operatorsOnly,
    },
    sshKeys: {
      create: operatorsOnly,
      get: operatorsOnly,
      list: operatorsOnly,
      update: operatorsOnly,
      delete: operatorsOnly,
    },
    sessions: {
      open: operatorsOnly,
      get: operatorsOnly,
      list: operatorsOnly,
      revoke: operatorsOnly,
      findByToken: operatorsOnly,
    },
    bootstrap: { storeIsEmpty: operatorsOnly, run: operatorsOnly },
    inTransaction: operatorsOnly,
  }
}
