/** The audit log of the caller's organization. */
import type { Logs } from '../../services/logs.ts'
import type { Rights } from './rights.ts'

export type GuardedLogs = Omit<Logs, 'recordRefusal'>

export function guardLogs(logs: Logs, rights: Rights): GuardedLogs {
  return {
    get: async (id) => rights.ours(await logs.get(id), 'log', id),
    list: async (input) => logs.list(rights.within(input)),
  }
}
