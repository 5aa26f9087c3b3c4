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
