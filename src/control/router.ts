/** From method and path to a route. Refuses to be made of routes that do not say what they are and what they need. */
import { ControlError } from './errors.ts'
import { PATH_PARAMETERS } from './parse.ts'
import type { Route } from './route.ts'

export interface Match {
  readonly route: Route
  /** Decoded, not checked yet. */
  readonly params: Readonly<Record<string, string>>
}

export interface Router {
  readonly routes: readonly Route[]
  /** @throws ControlError `not_found`, `method_not_allowed` */
  find(method: string, path: string): Match
}

interface Node {
  readonly children: Map<string, Node>
  parameter: { readonly name: string; readonly node: Node } | null
  readonly routes: Map<string, Route>
}

const emptyNode = (): Node => ({ children: new Map(), parameter: null, routes: new Map() })

const PARAMETER = /^\{([a-z_]+)\}$/

/** @throws TypeError where a declaration is missing or two contradict each other: a defect, found at the start */
export function createRouter(routes: readonly Route[]): Router {
  const root = emptyNode()
  const names = new Set<string>()
  for (const route of routes) {
    const { method, path, name, needs } = route
    const shown = `${method} ${path}`
    if (needs === undefined || needs.length === 0) throw new TypeError(`${shown} does not say what it needs`)
    if (names.has(name)) throw new TypeError(`two routes are called ${name}`)
    names.add(name)
    const node = place(root, path, shown)
    if (node.routes.has(method)) throw new TypeError(`${shown} is declared twice`)
    node.routes.set(method, route)
  }

  return {
    routes,
    find(method, path) {
      const params: Record<string, string> = {}
      let node: Node | undefined = root
      for (const segment of segmentsOf(path)) {
        const decoded = decode(segment)
        const fixed: Node | undefined = decoded === undefined ? undefined : node.children.get(decoded)
        if (fixed !== undefined) node = fixed
        else if (node.parameter !== null && decoded !== undefined && decoded !== '') {
          params[node.parameter.name] = decoded
          node = node.parameter.node
        } else throw unknownPath(path)
      }
      if (node.routes.size === 0) throw unknownPath(path)
      const route = node.routes.get(method)
      if (route === undefined) {
        throw new ControlError({ type: 'method_not_allowed', allow: [...node.routes.keys()].join(', ') })
      }
      return { route, params }
    },
  }
}

function place(root: Node, path: string, shown: string): Node {
  let node = root
  for (const segment of segmentsOf(path)) {
    const name = PARAMETER.exec(segment)?.[1]
    if (name === undefined) {
      const child = node.children.get(segment) ?? emptyNode()
      node.children.set(segment, child)
      node = child
      continue
    }
    if (!Object.hasOwn(PATH_PARAMETERS, name)) throw new TypeError(`${shown}: nobody knows what {${name}} is`)
    node.parameter ??= { name, node: emptyNode() }
    if (node.parameter.name !== name) throw new TypeError(`${shown}: {${name}} has another name elsewhere`)
    node = node.parameter.node
  }
  return node
}

const segmentsOf = (path: string): readonly string[] => path.slice(1).split('/')

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** What is said of a path is cut: it may be as long as a header. */
function unknownPath(path: string): ControlError {
  return new ControlError({ type: 'not_found', resource: 'path', resource_id: path.slice(0, 255) })
}
