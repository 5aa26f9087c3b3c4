/** The picture: for every workload with a goal, what the gate costs as a multiple of what it is held against. */
import { type Measured, ratio } from './measure.ts'

const WIDTH = 760
const LABELS = 235
const ROW = 30
const TOP = 58
const BAR = 14
/** Multiples that fit; longer bars are cut. */
const WIDEST = 3
const UNIT = (WIDTH - LABELS - 110) / WIDEST

interface Bar {
  readonly name: string
  readonly against: string
  readonly value: number
  readonly goal: number
}

/** An SVG that reads on light and dark pages. */
export function picture(measured: readonly Measured[], where: string): string {
  const bars = measured.flatMap((one): Bar[] => {
    const { name, goal } = one.workload
    const value = goal === null ? undefined : ratio(one, 'gate', goal.against)
    return value === undefined ? [] : [{ name, against: goal!.against, value, goal: goal!.factor }]
  })
  const height = TOP + bars.length * ROW + 34
  const bottom = TOP + bars.length * ROW
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="CPU time per request of the gate as a multiple of what it is held against">
<rect width="${WIDTH}" height="${height}" rx="8" fill="#fff"/>
<text x="16" y="24" font-size="15" font-weight="600" fill="#111">CPU time per request, full checks on, beside a plain proxy</text>
<text x="16" y="43" font-size="11" fill="#666">${escaped(where)}</text>
<line x1="${LABELS + UNIT}" y1="${TOP}" x2="${LABELS + UNIT}" y2="${bottom}" stroke="#999" stroke-dasharray="2 3"/>
<text x="${LABELS + UNIT}" y="${bottom + 14}" text-anchor="middle" font-size="11" fill="#666">1 ×</text>
${bars.map(drawn).join('\n')}
<text x="16" y="${height - 10}" font-size="11" fill="#666">Bar: the gate. Black mark: the goal. “+sha256”: plus hashing the body alone. “own GET”: the gate's GET of 1 KiB.</text>
</svg>
`
}

function drawn({ name, against, value, goal }: Bar, index: number): string {
  const y = TOP + index * ROW + (ROW - BAR) / 2
  const width = Math.min(value, WIDEST) * UNIT
  const mark = LABELS + goal * UNIT
  const fill = value <= goal ? '#2f9e62' : '#d9822b'
  return `<text x="${LABELS - 10}" y="${y + 11}" text-anchor="end" fill="#111">${escaped(name)}</text>
<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${fill}"/>
<line x1="${mark.toFixed(1)}" y1="${y - 4}" x2="${mark.toFixed(1)}" y2="${y + BAR + 4}" stroke="#111" stroke-width="2"/>
<text x="${(Math.max(LABELS + width, mark) + 8).toFixed(1)}" y="${y + 11}" fill="#111">${value.toFixed(2)} × ${escaped(against)}</text>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
