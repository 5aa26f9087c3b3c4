/** The control plane's endpoints, from their declarations. */
import type { Need, Route } from '../../../src/control/route.ts'
import { SCALEWAY_ROUTES } from '../../../src/control/scaleway/index.ts'
import { SESSION_ROUTES } from '../../../src/control/sessions.ts'
import { PERMISSIONS_OF_SET } from '../../../src/iam/permissions.ts'
import { code, names, table } from './table.ts'

export function renderEndpoints(): string {
  const rows = [...SCALEWAY_ROUTES, ...SESSION_ROUTES].map(({ method, path, about, needs }: Route) => [
    code(`${method} ${path}`),
    about,
    neededBy(needs),
  ])
  return table(['Endpoint', '', 'Needs'], rows)
}

function neededBy(needs: Need): string {
  switch (needs) {
    case 'nobody-in-particular':
      return 'nothing'
    case 'caller':
      return 'a key or session'
    default:
      return needs.map(code).join(' or ')
  }
}

export function renderManagementPermissions(): string {
  const rows = Object.entries(PERMISSIONS_OF_SET).map(([name, permissions]) => [
    code(name),
    names(permissions),
  ])
  return table(['Permission set', 'Gives'], rows)
}
