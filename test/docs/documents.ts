/** The project's documents. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join(folder, name))

export const DOCUMENTS: readonly string[] = [...markdownIn('.'), ...markdownIn('docs')]
