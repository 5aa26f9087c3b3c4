/** Reading the syntax tree of a condition. */
import type { ASTNode } from '@marcbachmann/cel-js'

export type { ASTNode } from '@marcbachmann/cel-js'

/** The parts of a node, in the order they are written. */
export function children(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'list':
      return node.args
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

/** The text of a literal; undefined for anything else. */
export function textLiteral(node: ASTNode | undefined): string | undefined {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined
}

/** `request.ip` for both `request.ip` and `request["ip"]`; undefined for anything but a field of a variable. */
export function fieldPath(node: ASTNode): string | undefined {
  if (node.op !== '.' && node.op !== '[]') return undefined
  const [variable, field] = node.args
  const name = typeof field === 'string' ? field : textLiteral(field)
  return variable.op === 'id' && name !== undefined ? `${variable.args}.${name}` : undefined
}
