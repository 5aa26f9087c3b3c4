/** Where each flaw of others is tested. */
import { readFileSync } from 'node:fs'
import type { Attack } from '../../attacks/attack.ts'
import { CASES } from '../../attacks/cases.ts'
import { authentication } from '../../attacks/rows/authentication.ts'
import { authorization } from '../../attacks/rows/authorization.ts'
import { forms } from '../../attacks/rows/forms.ts'
import { wire } from '../../attacks/rows/wire.ts'
import { STANDALONE } from '../../attacks/standalone.ts'
import { code, table } from './table.ts'

const TABLES: Readonly<Record<string, readonly Attack[]>> = {
  'rows/authentication.ts': authentication,
  'rows/authorization.ts': authorization,
  'rows/forms.ts': forms,
  'rows/wire.ts': wire,
}

/** Uploads that must leave no object. */
const TORN_UPLOADS = { row: 25, file: 'rows/payloads.ts' } as const

/** The one flaw that is about the control plane alone. */
const ADMIN = ['5', 'an admin API answers without the secret (MinIO CVE-2020-11012)', code('../control/')]

export function renderAttacks(): string {
  // Not imported: it needs vitest around it.
  const experiments = readFileSync('test/attacks/experiments.ts', 'utf8')
  const rows = Object.entries(CASES).map(([number, flaw]) => {
    const row = Number(number)
    const places = [
      ...Object.keys(TABLES).filter((file) => TABLES[file]!.some((attack) => attack.row === row)),
      ...(TORN_UPLOADS.row === row ? [TORN_UPLOADS.file] : []),
      ...(new RegExp(`\\brow: ${number}\\b`).test(experiments) ? ['experiments.ts'] : []),
      ...[...STANDALONE].filter(([of]) => of === row).map(([, file]) => file),
    ]
    return [number, flaw, places.map(code).join(', ')]
  })
  return table(
    ['#', 'Flaw elsewhere', 'Tested in `test/attacks/`'],
    [...rows, ADMIN].sort(([a], [b]) => Number(a) - Number(b)),
  )
}
