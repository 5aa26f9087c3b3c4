/** What becomes of headers and parameters that an operation does not know, from the tables that the gate itself uses. */
import { HEADER_KINDS, type Kind, PARAMETER_KINDS } from '../../../src/s3/fates.ts'
import { names, table } from './table.ts'

const WORDS: Readonly<Record<Kind['onReads'], string>> = {
  unsupported: '`501 NotImplemented`',
  idle: 'ignored',
  dangerous: '`400 InvalidRequest`',
}

export const renderHeaderFates = (): string => fates('Header', HEADER_KINDS)
export const renderParameterFates = (): string => fates('Parameter', PARAMETER_KINDS)

function fates(what: string, kinds: readonly Kind[]): string {
  return table(
    [what, '', 'On reads', 'On writes', 'Why'],
    kinds.map((kind) => [kind.what, listed(kind), WORDS[kind.onReads], WORDS[kind.onWrites], kind.why]),
  )
}

/** Some kinds are every sub-resource of S3's: those are named by their number. */
function listed({ names: all }: Kind): string {
  if (all[0] === '*') return ''
  return all.length > 12 ? `${names(all.slice(0, 8))} and ${all.length - 8} more` : names(all)
}
