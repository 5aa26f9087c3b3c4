/** What is wrong with an access file, or with applying it: all of it at once, each fault with its line and what to do. */

/** Where something stands in the file: `['policies', 0, 'rules', 1, 'condition']`. */
export type FilePath = readonly (string | number)[]

export interface AccessFault {
  /** From 1. */
  readonly line: number
  readonly path: FilePath
  /** What is wrong and what to do. Never holds a secret. */
  readonly message: string
}

/** Nothing was changed. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly faults: readonly AccessFault[]

  constructor(file: string, faults: readonly AccessFault[]) {
    const sorted = faults.toSorted((a, b) => a.line - b.line)
    const lines = sorted.map(({ line, path, message }) => `  ${file}:${line}: ${renderPath(path)}${message}`)
    super(
      `the access file has ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}\n${lines.join('\n')}`,
    )
    this.faults = sorted
  }
}

/** `policies[0].rules[1].condition: `, or nothing for the file as a whole. */
function renderPath(path: FilePath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return text === '' ? '' : `${text.replace(/^\./, '')}: `
}

/** The store was changed by another since the plan was made. Nothing was done. */
export class PlanOutdated extends Error {
  override readonly name = 'PlanOutdated'
}
