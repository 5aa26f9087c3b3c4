/** A tree of files whose names trip what quotes, encodes, decodes or trims wrongly. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** With the prefix it is put under, 1,000 characters. */
const LONG = `${Array.from('abcde', (letter) => letter.repeat(198)).join('/')}f`

export const PREFIX = 'tree/'

export const NAMES: readonly string[] = [
  'plain.txt',
  'with space.txt',
  'a+b.txt',
  '100%.txt',
  'a%20b.txt',
  'über.txt',
  'emoji 😀.txt',
  '.hidden',
  'folder/.dot/deep.txt',
  'quotes \' and " both.txt',
  'brackets [1] {2} (3).txt',
  '#hash & ampersand;=,.txt',
  'empty.bin',
  LONG,
]

/** What a file holds: its own name, so that a mix-up shows. */
const contentOf = (name: string): string => (name === 'empty.bin' ? '' : `the content of ${name}\n`)

/** @returns the names written */
export async function plant(directory: string, without: readonly string[]): Promise<readonly string[]> {
  const names = NAMES.filter((name) => !without.some((part) => name.includes(part)))
  for (const name of names) {
    const file = join(directory, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, contentOf(name))
  }
  return names
}

/** The paths of all files below, as they are seen from there. */
export async function harvestPaths(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
}

/** Path → content of every file below. */
export async function harvest(directory: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {}
  for (const path of await harvestPaths(directory))
    files[path] = await readFile(join(directory, path), 'utf8')
  return files
}

export function expected(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, contentOf(name)]))
}
