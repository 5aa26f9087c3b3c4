/** Markdown tables. */

/** A table whose cells hold any text. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

export const code = (text: string): string => `\`${text}\``

/** Names as code, separated by commas. */
export const names = (list: readonly string[]): string => list.map(code).join(', ')
