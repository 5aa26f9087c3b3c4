/** What a clock on the wall shows at an instant, in a named time zone or at a fixed offset. */

import { memoized } from './memo.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const QUARTER_HOUR = 15 * MINUTE

/** 1 January 1970 was a Thursday. */
const EPOCH_WEEKDAY = 4

/** Milliseconds that read as UTC are what the wall clock shows. */
export type WallClock = (time: number) => number

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
    return time + offset
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

/** CEL's fields of a timestamp, read as UTC. Days of a month and a year count from 0, `getDate` from 1. */
export const CLOCK_FIELDS = {
  getFullYear: (time: number) => new Date(time).getUTCFullYear(),
  getMonth: (time: number) => new Date(time).getUTCMonth(),
  getDate: (time: number) => new Date(time).getUTCDate(),
  getDayOfMonth: (time: number) => new Date(time).getUTCDate() - 1,
  getDayOfWeek: (time: number) => within(Math.floor(time / DAY) + EPOCH_WEEKDAY, 7),
  getDayOfYear: (time: number) => Math.floor(time / DAY) - Math.floor(new Date(time).setUTCMonth(0, 1) / DAY),
  getHours: (time: number) => Math.floor(within(time, DAY) / HOUR),
  getMinutes: (time: number) => Math.floor(within(time, HOUR) / MINUTE),
  getSeconds: (time: number) => Math.floor(within(time, MINUTE) / SECOND),
  getMilliseconds: (time: number) => within(time, SECOND),
} as const satisfies Record<string, (time: number) => number>

/** How far into the unit a time is; before 1970 too. */
function within(time: number, unit: number): number {
  return ((time % unit) + unit) % unit
}

export type ClockField = keyof typeof CLOCK_FIELDS

export function isClockField(name: string): name is ClockField {
  return Object.hasOwn(CLOCK_FIELDS, name)
}
