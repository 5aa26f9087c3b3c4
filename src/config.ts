/**
 * One frozen {@link Config} from file, environment and command line: an option beats the environment, the environment
 * the file, the file the default. Every fault is reported together with its place, what was given (never a secret) and
 * what is expected.
 *
 * The keys are in `config/schema.ts`; `config/s3warden.example.yaml` documents them.
 */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { ConfigError, type ConfigFault, showGiven } from './config/fault.ts'
import type { ListenAddress } from './config/kinds.ts'
import { environmentLayer, fileLayer, flagLayer, type GivenValue, type Layer } from './config/layers.ts'
import { type KeyPath, type SchemaKey, schema, schemaKeys } from './config/schema.ts'
import { ambiguousEndpoints, publicEndpoint } from './s3/names.ts'

export { ConfigError, type ConfigFault } from './config/fault.ts'
export type { ListenAddress } from './config/kinds.ts'

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends { reveal(): string }
    ? T
    : T extends object
      ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> }
      : T

/** What the gate is told from outside. Durations are milliseconds, sizes bytes; null where a limit or part is off. */
export type Config = DeepReadonly<z.output<typeof schema>>

/** The configured backend: null in {@link Config} where the embedded development store serves. */
export type BackendConfig = NonNullable<Config['backend']>

export interface ConfigSources {
  /** Options of the command line by key, `config` (the file) among them. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Reads and checks the configuration.
 * @throws ConfigError with every fault
 */
export function loadConfig({ flags, environment }: ConfigSources): Config {
  const { config: configFlag, ...options } = flags
  const file = configFlag ?? (environment.S3WARDEN_CONFIG || undefined)
  const layers: readonly Layer[] = [
    ...(file === undefined ? [] : [fileLayer(file)]),
    environmentLayer(environment),
    flagLayer(options),
  ]
  const faults: ConfigFault[] = layers.flatMap((layer) => layer.faults)
  const chosen = schemaKeys().flatMap((key) => {
    const value = choose(key, layers, faults)
    return value === undefined ? [] : [value]
  })
  const parsed = schema.safeParse(nest(chosen))
  if (!parsed.success) faults.push(...parsed.error.issues.flatMap((issue) => valueFaults(issue, chosen)))
  else faults.push(...contradictions(parsed.data, chosen))
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults)
  return freeze(parsed.data)
}

/** The value of the last layer that gives the key, directly or as `…_file`. Both in one layer is a fault. */
function choose(
  { path, facts }: SchemaKey,
  layers: readonly Layer[],
  faults: ConfigFault[],
): GivenValue | undefined {
  const name = path.join('.')
  let chosen: GivenValue | undefined
  for (const { values } of layers) {
    const direct = values.find((value) => value.path.join('.') === name)
    const fromFile =
      facts.delivery === undefined
        ? undefined
        : values.find((value) => value.path.join('.') === `${name}_file`)
    if (direct !== undefined && fromFile !== undefined) {
      const source = `${direct.source} and ${fromFile.source}`
      faults.push({ path: name, source, given: null, expected: 'only one of the two' })
    }
    chosen = direct ?? fromFile ?? chosen
  }
  return chosen?.path.join('.') === `${name}_file` ? readValueFile(path, chosen, faults) : chosen
}

function readValueFile(
  path: KeyPath,
  { value, source, path: given }: GivenValue,
  faults: ConfigFault[],
): GivenValue {
  try {
    return {
      path,
      value: readFileSync(String(value), 'utf8').trim(),
      source: `${source}, file ${String(value)}`,
    }
  } catch (error) {
    const expected = `a readable file (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`
    faults.push({ path: given.join('.'), source, given: showGiven(value), expected })
    return { path, value: UNREADABLE, source }
  }
}

/** Stands for a value whose file could not be read: that fault was reported, and the value is no second one. */
const UNREADABLE = Symbol('unreadable')

type Nested = { [name: string]: unknown }

function nest(values: readonly GivenValue[]): Nested {
  const root: Nested = {}
  for (const { path, value } of values) {
    let group = root
    for (const name of path.slice(0, -1)) {
      group[name] ??= {}
      group = group[name] as Nested
    }
    group[path.at(-1)!] = value
  }
  return root
}

function valueFaults(issue: z.core.$ZodIssue, chosen: readonly GivenValue[]): readonly ConfigFault[] {
  const path = issue.path.join('.')
  const value = chosen.find((candidate) => candidate.path.join('.') === path)
  if (value?.value === UNREADABLE) return []
  const secret = schemaKeys().find((key) => key.path.join('.') === path)?.facts.delivery === 'secret'
  const given = value === undefined || secret ? null : showGiven(value.value)
  return [{ path, source: value?.source ?? null, given, expected: issue.message }]
}

/** What no single key shows. */
function contradictions(
  config: z.output<typeof schema>,
  chosen: readonly GivenValue[],
): readonly ConfigFault[] {
  const faults: ConfigFault[] = []
  const fault = (path: string, expected: string): void => {
    const source = chosen.find((value) => value.path.join('.') === path)?.source ?? null
    faults.push({ path, source, given: null, expected })
  }
  if (config.limits.released_name < config.timeouts.backend_slow_answer) {
    fault(
      'limits.released_name',
      'no less than `timeouts.backend_slow_answer`, or a late upload could reach the next owner of the name',
    )
  }
  const ambiguous = ambiguousEndpoints(config.public_endpoints.map(publicEndpoint))
  if (ambiguous !== undefined) fault('public_endpoints', `URLs that are not below each other: ${ambiguous}`)
  if (config.public_endpoints.length > MAX_ENDPOINTS) {
    fault('public_endpoints', `at most ${MAX_ENDPOINTS} URLs: a signature that is wrong is tried for each`)
  }
  for (const [name, ...others] of LISTENERS) {
    for (const other of others) {
      if (sameAddress(config[name], config[other])) fault(name, `another address than \`${other}\``)
    }
  }
  return faults
}

const MAX_ENDPOINTS = 8

/** Each with those that it must keep clear of. */
const LISTENERS = [
  ['health_listen', 'listen'],
  ['control_listen', 'listen', 'health_listen'],
] as const

/** Port 0 is any free one. */
function sameAddress(a: ListenAddress | null, b: ListenAddress | null): boolean {
  return a !== null && b !== null && a.port !== 0 && a.port === b.port && a.host === b.host
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
