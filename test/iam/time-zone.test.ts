import { describe, expect, it } from 'vitest'
import { wallClock } from '../../src/iam/condition/time-zone.ts'

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
    expect(wallClock(zone)(Date.parse(time)).toISOString().slice(0, 19)).toBe(expected)
  })

  it('remembers no longer than an offset can last', () => {
    const paris = wallClock('Europe/Paris')
    expect(paris(Date.parse('2026-03-29T00:59:59Z')).getUTCHours()).toBe(1)
    expect(paris(Date.parse('2026-03-29T01:00:00Z')).getUTCHours()).toBe(3)
    expect(paris(Date.parse('2026-03-29T00:59:59Z')).getUTCHours()).toBe(1)
  })
})
