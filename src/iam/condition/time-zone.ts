/** What a clock on the wall shows at an instant, in a named time zone or at a fixed offset. */

import { memoized } from './memo.ts'

const QUARTER_HOUR = 15 * 60 * 1000

/** A date whose UTC fields are what the wall clock shows. */
export type WallClock = (time: number) => Date

/** The clock of a zone (`Europe/Paris`) or an offset (`+05:30`). @throws RangeError for an unknown one */
export const wallClock: (zone: string) => WallClock = memoized(makeWallClock, 1000)

function makeWallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // Zones change their offset on a quarter of an hour, and formatting takes a hundred times as long as remembering.
  let quarter = Number.NaN
  let offset = 0
  return (time) => {
    const asked = Math.floor(time / QUARTER_HOUR)
    if (asked !== quarter) {
      offset = offsetAt(format, asked * QUARTER_HOUR)
      quarter = asked
    }
    return new Date(time + offset)
  }
}

function offsetAt(format: Intl.DateTimeFormat, time: number): number {
  const shown = new Map(format.formatToParts(time).map((part) => [part.type, Number(part.value)]))
  const field = (name: Intl.DateTimeFormatPartTypes): number => shown.get(name)!
  const wall = Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
  )
  return wall - time
}

/** CEL's fields of a timestamp, read from UTC fields. Days of a month and a year count from 0, `getDate` from 1. */
export const CLOCK_FIELDS = {
  getFullYear: (date: Date) => date.getUTCFullYear(),
  getMonth: (date: Date) => date.getUTCMonth(),
  getDate: (date: Date) => date.getUTCDate(),
  getDayOfMonth: (date: Date) => date.getUTCDate() - 1,
  getDayOfWeek: (date: Date) => date.getUTCDay(),
  getDayOfYear: (date: Date) =>
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
      Date.UTC(date.getUTCFullYear(), 0, 1)) /
    86_400_000,
  getHours: (date: Date) => date.getUTCHours(),
  getMinutes: (date: Date) => date.getUTCMinutes(),
  getSeconds: (date: Date) => date.getUTCSeconds(),
  getMilliseconds: (date: Date) => date.getUTCMilliseconds(),
} as const satisfies Record<string, (date: Date) => number>

export type ClockField = keyof typeof CLOCK_FIELDS

export function isClockField(name: string): name is ClockField {
  return Object.hasOwn(CLOCK_FIELDS, name)
}
