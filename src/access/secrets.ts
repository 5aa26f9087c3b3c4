/** Where secrets come from and go to: files and environment on the one side, the store on the other. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Secret } from '../iam/secret.ts'
import type { CreatedKey } from '../services/keys.ts'
import type { Store } from '../store/store.ts'
import type { KEY_FILE_FORMATS, SecretSource } from './schema.ts'

export interface Secrets {
  /** What a source holds, without the line's end; or why there is nothing. */
  read(source: SecretSource): { readonly secret: Secret } | { readonly missing: string }
  /** The text of a file that is no secret. */
  readText(path: string): { readonly text: string } | { readonly missing: string }
  /** As the store has it. */
  ofBackend(id: string): Promise<Secret | undefined>
  ofKey(accessKey: string): Secret | undefined
  /** Why a key cannot be written there; undefined: it can. */
  whyNotTo(path: string): string | undefined
  /** Mode 0600; never in place of another file. @returns why that failed; undefined: it is there, durably */
  writeKey(path: string, format: KeyFileFormat, key: CreatedKey): string | undefined
  /** Takes back every file written: the keys in them were never made. */
  undo(): void
}

export type KeyFileFormat = (typeof KEY_FILE_FORMATS)[number]

export interface SecretDeps {
  readonly store: Pick<Store, 'reader' | 'repositories'>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The directory that relative paths start from. */
  readonly directory: string
}

const KEY_FILES: Readonly<Record<KeyFileFormat, (key: CreatedKey, secret: string) => string>> = {
  json: ({ key }, secret_key) =>
    `${JSON.stringify({ name: key.name, access_key: key.access_key, secret_key }, null, 2)}\n`,
  env: ({ key }, secret) => `AWS_ACCESS_KEY_ID=${key.access_key}\nAWS_SECRET_ACCESS_KEY=${secret}\n`,
  aws: ({ key }, secret) =>
    `[default]\naws_access_key_id = ${key.access_key}\naws_secret_access_key = ${secret}\n`,
}

export function createSecrets({ store, environment, directory }: SecretDeps): Secrets {
  const written: string[] = []
  const readText: Secrets['readText'] = (path) => {
    try {
      return { text: readFileSync(resolve(directory, path), 'utf8') }
    } catch (error) {
      return { missing: `the file \`${path}\` cannot be read (${(error as NodeJS.ErrnoException).code})` }
    }
  }
  const unwritable = (path: string, error: unknown): string => {
    if (!(error instanceof Error && 'code' in error)) throw error
    return `\`${path}\` cannot be written (${error.code})`
  }
  const settled = (text: string, source: string): ReturnType<Secrets['read']> => {
    const secret = text.replace(/\r?\n$/, '')
    if (secret === '') return { missing: `${source} is empty` }
    if (/[\r\n]/.test(secret)) return { missing: `${source} has more than one line` }
    return { secret: new Secret(secret) }
  }
  return {
    readText,
    read({ file, env }) {
      if (env !== undefined) {
        const value = environment[env]
        if (value === undefined) return { missing: `the environment variable \`${env}\` is not set` }
        return settled(value, `the environment variable \`${env}\``)
      }
      const read = readText(String(file))
      return 'missing' in read ? read : settled(read.text, `the file \`${file}\``)
    },
    ofBackend: (id) => store.repositories.backends.secretKey(id),
    ofKey(accessKey) {
      store.reader.refresh()
      return store.reader.findKey(accessKey)?.secret
    },
    whyNotTo(path) {
      const target = resolve(directory, path)
      if (existsSync(target)) {
        return `\`${path}\` exists, and may hold the only copy of another key's secret: take it away or name another file`
      }
      try {
        accessSync(`${folderAbove(target)}/.`, constants.W_OK | constants.X_OK)
      } catch (error) {
        return unwritable(path, error)
      }
      return undefined
    },
    writeKey(path, format, key) {
      const target = resolve(directory, path)
      try {
        mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
        const descriptor = openSync(target, 'wx', 0o600)
        written.push(target)
        try {
          writeSync(descriptor, KEY_FILES[format](key, key.secret_key.reveal()))
          fsyncSync(descriptor)
        } finally {
          closeSync(descriptor)
        }
      } catch (error) {
        return unwritable(path, error)
      }
      return undefined
    },
    undo() {
      for (const path of written.splice(0)) rmSync(path, { force: true })
    },
  }
}

/** The closest that exists; those below it would be made. */
function folderAbove(path: string): string {
  const folder = dirname(path)
  return existsSync(folder) ? folder : folderAbove(folder)
}
