/**
 * What a client is to this suite: a small adapter over the real program or library. What a client cannot do, its adapter
 * says with the reason, in the place of the function that would do it.
 */
import type { Credentials } from '../support/reference-signer.ts'
import { type RunOptions, run } from '../support/run.ts'

/** Stands where a client has no way to do something. */
export class Cannot {
  readonly why: string

  constructor(why: string) {
    this.why = why
  }
}

export type Ability<F> = F | Cannot

/** Where a client connects, as whom, and where it may leave files. */
export interface ClientAccess extends Credentials {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly endpoint: string
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly secure: boolean
  /** The project that the key works in by itself. */
  readonly project: string
  /** File of the authority that signed the gate's certificate. */
  readonly authority: string
  /** A directory of its own, taken away at the end. */
  readonly home: string
}

export type Names = Readonly<Record<string, string>>

/** One client with its settings. Every function fails with what the client tells its user. Paths are of local files. */
export interface Session {
  readonly makeBucket: Ability<(bucket: string) => Promise<void>>
  /** The names of all that it sees. */
  readonly buckets: Ability<() => Promise<readonly string[]>>
  readonly removeBucket: Ability<(bucket: string) => Promise<void>>
  readonly upload: Ability<(file: string, bucket: string, key: string) => Promise<void>>
  readonly download: Ability<(bucket: string, key: string, file: string) => Promise<void>>
  /** Bytes `first` to `last`, both included. */
  readonly range: Ability<(bucket: string, key: string, first: number, last: number) => Promise<Buffer>>
  readonly syncUp: Ability<(directory: string, bucket: string, prefix: string) => Promise<void>>
  readonly syncDown: Ability<(bucket: string, prefix: string, directory: string) => Promise<void>>
  /** All keys, however many pages. */
  readonly list: Ability<(bucket: string) => Promise<readonly string[]>>
  /** Within a bucket or across, by the store. */
  readonly copy: Ability<(from: Place, to: Place) => Promise<void>>
  readonly setTags: Ability<(bucket: string, key: string, tags: Names) => Promise<void>>
  readonly tags: Ability<(bucket: string, key: string) => Promise<Names>>
  readonly uploadWithMetadata: Ability<
    (file: string, bucket: string, key: string, metadata: Names) => Promise<void>
  >
  readonly metadata: Ability<(bucket: string, key: string) => Promise<Names>>
  /** The size, which it asks for together with another attribute: a list of two. */
  readonly attributes: Ability<(bucket: string, key: string) => Promise<number>>
  /** Writes a table as Parquet, of a number from 0 and a long text a row, and adds the numbers up. */
  readonly table: Ability<(bucket: string, key: string, rows: number) => Promise<number>>
  readonly presignGet: Ability<(bucket: string, key: string) => Promise<string>>
  readonly presignPut: Ability<(bucket: string, key: string) => Promise<string>>
  readonly remove: Ability<(bucket: string, key: string) => Promise<void>>
  readonly removeMany: Ability<(bucket: string, keys: readonly string[]) => Promise<void>>
  close(): Promise<void>
}

export interface Place {
  readonly bucket: string
  readonly key: string
}

export interface ClientAdapter {
  readonly name: string
  /** Files without which it is not installed; none: a library that is always there. */
  readonly needs: readonly string[]
  /** Whether it can be told `KEY@projectId`. */
  readonly project: 'carried' | Cannot
  /** Whether 12 MiB go up in parts; a reason where they do not. */
  readonly parts: 'used' | Cannot
  /** Whether a file of a tree becomes an object whose key is its path; a reason where not. */
  readonly layout: 'keys are paths' | Cannot
  /** Whether it can be asked for a key with an empty segment (`a//b`). */
  readonly emptySegments: 'kept' | Cannot
  /** Whether it copies from one bucket to another. */
  readonly acrossBuckets: 'copied' | Cannot
  /** Whether it has the store look, as it copies, that the source is still what it has seen. */
  readonly copySource: 'any' | 'as seen'
  /** What becomes of a bucket with objects that it is to remove. */
  readonly fullBuckets: 'kept' | 'emptied'
  /** Names of files that it does not carry, by the part of the name that stands in its way. */
  readonly without: Names
  /** How many requests it takes until it tells its user that an upload was refused. */
  readonly requestsWhenRefused: number
  open(access: ClientAccess): Promise<Session>
}

/** What a client is unless its adapter says otherwise. */
export const USUAL = {
  project: 'carried',
  parts: 'used',
  layout: 'keys are paths',
  emptySegments: 'kept',
  acrossBuckets: 'copied',
  copySource: 'any',
  fullBuckets: 'kept',
  without: {},
  requestsWhenRefused: 1,
} as const

/** A client failed: what it told its user. */
export class ClientFailure extends Error {
  override readonly name = 'ClientFailure'
}

/** Runs a program of this client's; what it prints is returned, a failure is thrown with all it printed. */
export type Program = (...args: readonly string[]) => Promise<string>

export function program(path: string, options: RunOptions, before: readonly string[] = []): Program {
  return async (...args) => {
    const outcome = await run(path, [...before, ...args], { timeout: 300_000, ...options })
    if (outcome.code === 0) return outcome.stdout
    throw new ClientFailure(
      `${path} ${args.join(' ')} → ${outcome.code}\n${outcome.stdout}${outcome.stderr}`.trim(),
    )
  }
}

/** The environment of a program: nothing of the caller's but where Debian keeps programs. */
export function environment(home: string, variables: Names = {}): Names {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: home, LANG: 'C.UTF-8', ...variables }
}

/** Of most clients. */
export const NO_TABLES = new Cannot('it takes files as they are, and knows no tables')

/** The functions that a backup program has not: what it stores is its own. */
export const NO_OBJECTS = new Cannot('a backup program: its objects are packs of its own')
