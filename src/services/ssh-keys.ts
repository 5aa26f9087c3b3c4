/** SSH keys: kept and listed for clients that manage them beside access keys; they never take part in a decision. */
import type { SshKey } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Page, SshKeyFilters, SshKeyOrder } from '../store/query.ts'
import { type ChangeOf, mutate, type ServiceDeps, timestamp } from './deps.ts'
import { found } from './errors.ts'
import { projectIn } from './key-draft.ts'
import { type ListInput, listQuery } from './lists.ts'
import { checkQuota } from './quotas.ts'
import { parseSshPublicKey, SSH_ALGORITHMS } from './ssh-public-key.ts'
import { createChecks } from './validate.ts'

export interface NewSshKey {
  readonly organization_id: string
  /** Absent or `''`: the key's fingerprint stands in. */
  readonly name?: string | undefined
  readonly public_key: string
  /** Absent: the organization's default project. */
  readonly project_id?: string | undefined
}

export type SshKeyChange = ChangeOf<Pick<SshKey, 'name' | 'disabled'>>

export interface SshKeys {
  create(actor: Actor, input: NewSshKey): Promise<SshKey>
  get(id: string): Promise<SshKey>
  list(input: ListInput<SshKeyFilters, SshKeyOrder>): Promise<Page<SshKey>>
  update(actor: Actor, id: string, change: SshKeyChange): Promise<SshKey>
  delete(actor: Actor, id: string): Promise<void>
}

const MAX_NAME = 1000
const MAX_PUBLIC_KEY = 65_000

export function createSshKeys(deps: ServiceDeps): SshKeys {
  const { sshKeys } = deps.store.repositories
  return {
    async create(actor, input) {
      const checks = createChecks()
      checks.length('name', input.name, MAX_NAME)
      checks.length('public_key', input.public_key, MAX_PUBLIC_KEY)
      const parsed = parseSshPublicKey(input.public_key)
      if (parsed === undefined) {
        checks.fault('public_key', 'format', `must be a public key of ${SSH_ALGORITHMS.join(', ')}`)
      }
      checks.done()
      const { text, fingerprint } = parsed!
      const at = timestamp(deps.now())
      const { organization_id } = input
      return mutate(deps, actor, { resource: 'ssh_key', id: fingerprint }, async (transaction) => {
        const project_id = await projectIn(transaction, organization_id, input.project_id ?? null)
        await checkQuota(deps, 'iam_ssh_keys', () =>
          transaction.sshKeys.list(listQuery({ filters: { organization_id } })),
        )
        const key: SshKey = {
          id: deps.random.uuid(),
          organization_id,
          project_id,
          name: input.name || fingerprint,
          public_key: text,
          fingerprint,
          disabled: false,
          created_at: at,
          updated_at: at,
        }
        await transaction.sshKeys.insert(key)
        return key
      })
    },

    get: async (id) => found(await sshKeys.find(id), 'ssh_key', id),
    list: async (input) => sshKeys.list(listQuery(input)),

    async update(actor, id, change) {
      const checks = createChecks()
      checks.length('name', change.name, MAX_NAME)
      checks.done()
      return mutate(deps, actor, { resource: 'ssh_key', id }, async (transaction) => {
        const before = found(await transaction.sshKeys.find(id), 'ssh_key', id)
        const after: SshKey = {
          ...before,
          name: change.name || before.name,
          disabled: change.disabled ?? before.disabled,
          updated_at: timestamp(deps.now()),
        }
        await transaction.sshKeys.update(after)
        return after
      })
    },

    delete: (actor, id) =>
      mutate(deps, actor, { resource: 'ssh_key', id }, async (transaction) => {
        found((await transaction.sshKeys.delete(id)) ? id : undefined, 'ssh_key', id)
      }),
  }
}
