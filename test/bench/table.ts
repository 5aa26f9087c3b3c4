/** What was measured, as lines of Markdown. */
import { type Measured, median, ratio, seriesOf } from './measure.ts'

/** Header and one row a workload: microseconds of CPU time per request, and what the gate's are of the others'. */
export function table(all: readonly Measured[]): readonly string[] {
  return [
    '| Work | nginx | bare | gate | gate ÷ nginx | gate ÷ bare | Goal | Met |',
    '|---|--:|--:|--:|--:|--:|---|---|',
    ...all.map(row),
  ]
}

function row(measured: Measured): string {
  const { name, goal } = measured.workload
  const reached = goal === null ? undefined : ratio(measured, 'gate', goal.against)
  const cells = [
    name,
    microseconds(seriesOf(measured, 'nginx')),
    microseconds(seriesOf(measured, 'bare')),
    microseconds(seriesOf(measured, 'gate')),
    times(ratio(measured, 'gate', 'nginx')),
    times(ratio(measured, 'gate', 'bare')),
    goal === null ? '' : `≤ ${goal.factor} × ${goal.against}`,
    goal === null || reached === undefined
      ? ''
      : `${reached <= goal.factor ? 'yes' : 'no'} (${reached.toFixed(2)})`,
  ]
  return `| ${cells.join(' | ')} |`
}

export function microseconds(values: readonly number[] | undefined): string {
  if (values === undefined) return '–'
  const value = median(values)
  return value < 1_000 ? `${value.toFixed(1)} µs` : `${(value / 1_000).toFixed(2)} ms`
}

function times(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(2)} ×`
}

/** Resident memory of the gate's process, in bytes. */
export interface Grown {
  readonly what: string
  readonly before: number
  /** The highest, or that of the end. */
  readonly after: number
  /** It may grow by less than this. */
  readonly goal: number
}

export function memoryTable(all: readonly Grown[]): readonly string[] {
  return [
    '| Work | before | then | growth | Goal | Met |',
    '|---|--:|--:|--:|---|---|',
    ...all.map(({ what, before, after, goal }) => {
      const growth = after - before
      return `| ${[what, mebibytes(before), mebibytes(after), mebibytes(growth), `< ${mebibytes(goal)}`, growth < goal ? 'yes' : 'no'].join(' | ')} |`
    }),
  ]
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MiB`
}
