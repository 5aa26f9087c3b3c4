/** What a running gate takes over from a configuration that was read anew. */
import type { Config } from '../config.ts'
import { type KeyPath, schemaKeys } from './schema.ts'

export interface Reloaded {
  readonly config: Config
  /** Keys whose new value counts only after a restart. */
  readonly awaitingRestart: readonly string[]
}

/**
 * The running configuration with the new values of those keys that may change while the gate runs. A group that is
 * there only before or only after (`backend`) cannot come or go without a restart.
 */
export function takeOver(running: Config, next: Config): Reloaded {
  const awaitingRestart: string[] = []
  let config = running
  for (const { path, facts } of schemaKeys()) {
    const before = valueAt(running, path)
    const after = valueAt(next, path)
    if (Object.is(before, after)) continue
    const group = path.slice(0, -1)
    if (facts.reload === 'live' && valueAt(running, group) !== null && valueAt(next, group) !== null) {
      config = withValue(config, path, after) as Config
    } else if (JSON.stringify(before) !== JSON.stringify(after)) awaitingRestart.push(path.join('.'))
  }
  return { config: Object.freeze(config), awaitingRestart }
}

type Group = Readonly<Record<string, unknown>>

function valueAt(group: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((above, name) => (above as Group | null)?.[name], group)
}

function withValue(group: unknown, [name, ...rest]: KeyPath, value: unknown): Group {
  const copy = { ...(group as Group) }
  copy[name!] = rest.length === 0 ? value : withValue(copy[name!], rest, value)
  return Object.freeze(copy)
}
