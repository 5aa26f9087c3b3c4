import { describe, expect, it } from 'vitest'
import { CLOCK_FIELDS, wallClock } from '../../src/iam/condition/time-zone.ts'

describe('what a clock on the wall shows', () => {
  it.each([
    // The two changes of the clock in Paris, a second before and at them.
    ['Europe/Paris', '2026-03-29T00:59:59Z', '2026-03-29T01:59:59'],
    ['Europe/Paris', '2026-03-29T01:00:00Z', '2026-03-29T03:00:00'],
    ['Europe/Paris', '2026-10-25T00:59:59Z', '2026-10-25T02:59:59'],
    ['Europe/Paris', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00'],
    // Offsets that are no whole hours, and half an hour of summer time.
    ['Asia/Kathmandu', '2026-07-01T00:00:00Z', '2026-07-01T05:45:00'],
    ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', '2026-04-05T01:59:59'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', '2026-04-05T01:30:00'],
    ['Pacific/Kiritimati', '2025-12-31T10:00:00Z', '2026-01-01T00:00:00'],
    ['-08:00', '2026-07-01T00:00:00Z', '2026-06-30T16:00:00'],
    ['UTC', '2026-07-01T23:59:59Z', '2026-07-01T23:59:59'],
  ])('%s at %s: %s', (zone, time, expected) => {
    expect(new Date(wallClock(zone)(Date.parse(time))).toISOString().slice(0, 19)).toBe(expected)
  })

  it('remembers no longer than an offset can last', () => {
    const paris = wallClock('Europe/Paris')
    const hours = ['00:59:59', '01:00:00', '00:59:59'].map((at) =>
      CLOCK_FIELDS.getHours(paris(Date.parse(`2026-03-29T${at}Z`))),
    )
    expect(hours).toEqual([1, 3, 1])
  })

  it.each([
    '2026-07-01T22:30:15.250Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '2024-12-31T12:00:00.001Z',
    '0099-03-01T00:00:00.000Z',
  ])('reads the fields of %s as Date does', (text) => {
    const date = new Date(text)
    const fields = Object.entries(CLOCK_FIELDS).map(([name, read]) => [name, read(date.getTime())])
    expect(Object.fromEntries(fields)).toMatchObject({
      getFullYear: date.getUTCFullYear(),
      getMonth: date.getUTCMonth(),
      getDate: date.getUTCDate(),
      getDayOfMonth: date.getUTCDate() - 1,
      getDayOfWeek: date.getUTCDay(),
      getHours: date.getUTCHours(),
      getMinutes: date.getUTCMinutes(),
      getSeconds: date.getUTCSeconds(),
      getMilliseconds: date.getUTCMilliseconds(),
    })
  })

  it.each([
    ['2026-01-01T00:00:00Z', 0],
    ['2026-12-31T23:59:59Z', 364],
    ['2024-12-31T00:00:00Z', 365],
    ['1969-12-31T23:59:59Z', 364],
    ['0099-03-01T00:00:00Z', 59],
  ])('%s is day %i of its year', (text, day) => {
    expect(CLOCK_FIELDS.getDayOfYear(Date.parse(text))).toBe(day)
  })
})
