/** What is wrong with a configuration: all of it at once, each fault with its place, what was given and what is expected. */

export interface ConfigFault {
  /** The key (`backend.region`), or the environment variable or file that is at fault. */
  readonly path: string
  /** Where it was given: `environment S3WARDEN_LISTEN`, `--listen`, `/etc/s3warden.yaml:12`; null: nowhere. */
  readonly source: string | null
  /** What was given, as JSON; null: nothing, or what must not be shown. */
  readonly given: string | null
  /** What is expected, or what to do. */
  readonly expected: string
}

/** Thrown once, with everything that is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`
    super(`configuration has ${count}\n${faults.map((fault) => `  ${renderFault(fault)}`).join('\n')}`)
    this.faults = faults
  }
}

/** `backend.region (environment S3WARDEN_BACKEND_REGION): "…" given, expected …`. */
export function renderFault({ path, source, given, expected }: ConfigFault): string {
  const place = source === null ? path : `${path} (${source})`
  return given === null ? `${place}: expected ${expected}` : `${place}: ${given} given, expected ${expected}`
}

const SHOWN = 80

/** A given value for a fault: JSON, cut short. Never call it with a secret. */
export function showGiven(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined
  const shown = json ?? String(value)
  return shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown
}
