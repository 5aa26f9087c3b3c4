import { expect, test } from 'vitest'
import {
  basicDate,
  checkSkew,
  MAX_SKEW_MS,
  parseRequestDate,
  requestDate,
} from '../../src/sigv4/request-date.ts'
import { refusalOf } from './refusals.ts'

const TIME = Date.UTC(1994, 10, 6, 8, 49, 37)
const ISO = '19941106T084937Z'

test.each([
  ISO,
  'Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sunday, 06-Nov-94 08:49:37 GMT',
  'Sun Nov  6 08:49:37 1994',
])('%s is read', (text) => {
  expect(parseRequestDate(text)).toEqual({ given: text, time: TIME, iso: ISO })
})

test('the day of a leap year is read', () => {
  expect(parseRequestDate('20240229T000000Z')?.time).toBe(Date.UTC(2024, 1, 29))
  expect(basicDate(Date.UTC(2024, 1, 29, 1, 2, 3, 999))).toBe('20240229T010203Z')
})

test.each([
  '',
  'now',
  '1994-11-06T08:49:37Z',
  '19941106T084937',
  '19941106T084937z',
  '19941106t084937Z',
  '19941106T0849 7Z',
  '19941306T084937Z',
  '19941131T084937Z',
  '20230229T000000Z',
  '19941106T244937Z',
  '19941106T086037Z',
  '19941106T084960Z',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 06 Nov 1994 08:49:37 +0100',
  'Sun, 06 Foo 1994 08:49:37 GMT',
  'Sun, 31 Apr 1994 08:49:37 GMT',
])('%j is not', (text) => {
  expect(parseRequestDate(text)).toBeUndefined()
})

const MISSING = {
  code: 'AccessDenied',
  status: 403,
  message: 'AWS authentication requires a valid Date or x-amz-date header',
  elements: {},
}

test('x-amz-date comes first, Date second, and an unreadable one is not skipped', () => {
  const http = 'Sun, 06 Nov 1994 08:49:37 GMT'
  expect(
    requestDate(
      new Map([
        ['date', 'nonsense'],
        ['x-amz-date', ISO],
      ]),
    ).time,
  ).toBe(TIME)
  expect(requestDate(new Map([['date', http]])).iso).toBe(ISO)
  expect(
    refusalOf(() =>
      requestDate(
        new Map([
          ['date', http],
          ['x-amz-date', 'nonsense'],
        ]),
      ),
    ),
  ).toEqual(MISSING)
  expect(refusalOf(() => requestDate(new Map()))).toEqual(MISSING)
})

test.each([-MAX_SKEW_MS, -14 * 60_000, 0, 14 * 60_000, MAX_SKEW_MS])('%d ms off is accepted', (off) => {
  expect(() => checkSkew(parseRequestDate(ISO)!, TIME + off)).not.toThrow()
})

test.each([-MAX_SKEW_MS - 1, MAX_SKEW_MS + 1, 16 * 60_000, -16 * 60_000])('%d ms off is not', (off) => {
  expect(refusalOf(() => checkSkew(parseRequestDate('Sun Nov  6 08:49:37 1994')!, TIME + off))).toEqual({
    code: 'RequestTimeTooSkewed',
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
    elements: {
      RequestTime: 'Sun Nov  6 08:49:37 1994',
      ServerTime: `${new Date(TIME + off).toISOString().slice(0, 19)}Z`,
      MaxAllowedSkewMilliseconds: '900000',
    },
  })
})
