/** Every route of the control plane. */
import { NATIVE_ROUTES } from './native/index.ts'
import { openapiRoute } from './openapi.ts'
import { createRouter, type Router } from './router.ts'
import { SCALEWAY_ROUTES } from './scaleway/index.ts'
import { SESSION_ROUTES } from './sessions.ts'

/** @throws TypeError where a route does not say what it needs, or two contradict each other */
export function controlRouter(version: string): Router {
  const routes = [...SCALEWAY_ROUTES, ...SESSION_ROUTES, ...NATIVE_ROUTES]
  return createRouter([...routes, openapiRoute(routes, version)])
}
