/** The program's own source, as text and as who imports whom. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface SourceFile {
  /** From the project's root, e.g. `src/s3/uri.ts`. */
  readonly path: string
  /** What it is part of: `s3` for `src/s3/uri.ts`, `gate` for `src/gate.ts`. */
  readonly part: string
  readonly text: string
  readonly imports: readonly Import[]
}

export interface Import {
  /** A path from the project's root for our own, else the name of a package or of a `node:` module. */
  readonly of: string
  readonly kind: 'own' | 'package' | 'node'
  /** Gone when the program runs. */
  readonly typeOnly: boolean
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s)?(?:[^;'"`]*?\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\('([^']+)'\)/g

export const SOURCE: readonly SourceFile[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[jt]s$/.test(name))
  .map((name) => join('src', name))
  .map((path) => {
    const text = readFileSync(path, 'utf8')
    return { path, part: partOf(path), text, imports: importsOf(path, text) }
  })

export function partOf(path: string): string {
  const [, first = ''] = path.split('/')
  return first.replace(/\.[jt]s$/, '')
}

function importsOf(path: string, text: string): readonly Import[] {
  return [
    ...[...text.matchAll(STATEMENT)].map((match) => resolved(path, match[2] ?? '', match[1] !== undefined)),
    ...[...text.matchAll(DYNAMIC)].map((match) => resolved(path, match[1] ?? '', false)),
  ]
}

function resolved(path: string, name: string, typeOnly: boolean): Import {
  if (name.startsWith('.')) return { of: normalize(join(dirname(path), name)), kind: 'own', typeOnly }
  if (name.startsWith('node:')) return { of: name, kind: 'node', typeOnly }
  const depth = name.startsWith('@') ? 2 : 1
  return { of: name.split('/').slice(0, depth).join('/'), kind: 'package', typeOnly }
}
