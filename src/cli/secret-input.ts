/** Secrets come from files, standard input or a person, never from the command line, where every process sees them. */
import { readFileSync } from 'node:fs'
import { Secret } from '../iam/secret.ts'
import { UsageError } from './fault.ts'
import type { Terminal } from './terminal.ts'

/**
 * @param option the option that names the file, for messages
 * @param file its value: a path, `-` for standard input, or undefined, in which case the person is asked
 * @throws UsageError where there is none
 */
export async function readSecret(
  terminal: Terminal,
  option: string,
  file: string | undefined,
): Promise<Secret> {
  const text = await readText(terminal, option, file)
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new UsageError(`${option}: the secret is empty`)
  if (/[\r\n]/.test(secret)) throw new UsageError(`${option}: expected a secret on one line`)
  return new Secret(secret)
}

/** A file's text, standard input's for `-`. @throws UsageError */
export async function readText(
  terminal: Terminal,
  option: string,
  file: string | undefined,
): Promise<string> {
  if (file === '-') return terminal.readInput()
  if (file !== undefined) {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new UsageError(`${option}: \`${file}\` cannot be read (${(error as NodeJS.ErrnoException).code})`)
    }
  }
  if (!terminal.canAsk) throw new UsageError(`give ${option} FILE (or - for standard input)`)
  return (await terminal.askHidden('Secret: ')) ?? ''
}
