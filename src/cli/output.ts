/**
 * Results, in two forms: tables for people, JSON for programs. JSON is what a pipe gets unless it asks otherwise, and
 * its fields are those of the model: the same on every surface.
 */
import { EXIT, type ExitCode } from './fault.ts'
import type { Terminal } from './terminal.ts'

export const OUTPUT_FORMATS = ['json', 'table'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** What became of one of several arguments. */
export type ItemResult =
  | { readonly id: string; readonly result: string }
  | { readonly id: string; readonly error: string }

/** Each method gives the exit code of a command that ends with it. */
export interface Output {
  readonly format: OutputFormat
  /** One record: all its fields. */
  record(record: object): ExitCode
  /** Several records: the named fields in a table, all of them in JSON. */
  list<T extends object>(records: readonly T[], columns: readonly (keyof T & string)[]): ExitCode
  /** What became of each argument. */
  results(results: readonly ItemResult[]): ExitCode
}

export function createOutput(format: OutputFormat, terminal: Terminal): Output {
  const { colors, print } = terminal
  if (format === 'json') {
    const json = (value: unknown): ExitCode => {
      print(JSON.stringify(value, null, 2))
      return EXIT.done
    }
    return {
      format,
      record: json,
      list: json,
      results: (results) => {
        json(results)
        return resultCode(results)
      },
    }
  }
  return {
    format,
    record: (record) => {
      const fields = Object.entries(record)
      const width = Math.max(...fields.map(([name]) => name.length))
      for (const [name, value] of fields) print(`${colors.dim(name.padEnd(width))}  ${cell(value)}`)
      return EXIT.done
    },
    list: (records, columns) => {
      const rows = records.map((record) => columns.map((column) => cell(record[column])))
      const widths = columns.map((column, index) =>
        Math.max(column.length, ...rows.map((row) => row[index]!.length)),
      )
      const line = (cells: readonly string[]): string =>
        cells
          .map((text, index) => text.padEnd(widths[index]!))
          .join('  ')
          .trimEnd()
      print(colors.bold(line(columns.map((column) => column.toUpperCase()))))
      for (const row of rows) print(line(row))
      return EXIT.done
    },
    results: (results) => {
      for (const item of results) {
        print(
          'error' in item
            ? `${cell(item.id)}: ${colors.red(item.error)}`
            : `${cell(item.id)}: ${item.result}`,
        )
      }
      return resultCode(results)
    },
  }
}

function resultCode(results: readonly ItemResult[]): ExitCode {
  return results.some((result) => 'error' in result) ? EXIT.failed : EXIT.done
}

/** One value on one line. Control characters, which a terminal would obey, are shown as escapes. */
function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  if (Array.isArray(value)) {
    return value.length === 0 ? '-' : value.map((item) => cell(item)).join(', ')
  }
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return printable(text)
}

/** The text without anything that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  )
}
