/** Where each flaw of others is tested. */
import { CASES } from '../../attacks/cases.ts'
import { STANDALONE } from '../../attacks/standalone.ts'
import { code, table } from './table.ts'

export function renderAttacks(): string {
  const rows = Object.entries(CASES).map(([number, flaw]) => {
    const elsewhere = [...STANDALONE].find(([row]) => row === Number(number))?.[1]
    return [number, flaw, code(elsewhere === undefined ? 'attacks.test.ts' : elsewhere)]
  })
  return table(['#', 'Flaw elsewhere', 'Tested in `test/attacks`'], rows)
}
