import { describe, expect, test } from 'vitest'
import { parsePostPolicy } from '../../src/sigv4/post-policy.ts'
import { refusalOf } from './refusals.ts'

const base64 = (document: unknown): string =>
  Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)).toString('base64')

describe('the document', () => {
  const expiration = '2030-01-01T00:00:00Z'
  const of = (conditions: unknown) => ({ expiration, conditions })

  test.each<[string, unknown, string]>([
    ['nothing', '', "Expecting '{' but found End-of-Input"],
    ['no JSON', '{', 'Invalid JSON.'],
    ['a list', [], 'Invalid JSON.'],
    ['a string', '"a"', 'Invalid JSON.'],
    ['null', 'null', 'Invalid JSON.'],
    ['no expiration', { conditions: [] }, 'Policy missing expiration.'],
    ['no conditions', { expiration }, 'Policy missing conditions.'],
    ['conditions that are no list', of({}), "Invalid 'conditions' value: must be a List."],
    ['a member of another language', { ...of([]), Statement: [] }, "Unexpected: 'statement'"],
    ...[
      '2030-01-01T00:00:00+02:00',
      '2030-01-01 00:00:00 UTC',
      '2030-01-01',
      '2030-13-01T00:00:00Z',
      'never',
      '',
    ].map((bad): [string, unknown, string] => [
      `expiration ${bad}`,
      { expiration: bad, conditions: [] },
      `Invalid 'expiration' value: '${bad}'`,
    ]),
    ['expiration in seconds', { expiration: 1, conditions: [] }, "Invalid 'expiration' value: '1'"],
    [
      'an object of two',
      of([{ a: 'b', c: 'd' }]),
      'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    ],
    [
      'an object of none',
      of([{}]),
      'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    ],
    ['a number', of([{ a: 1 }]), 'Invalid Simple-Condition: value must be a string.'],
    ['a condition that is a string', of(['eq']), 'Invalid condition test: must be a List or Object.'],
    ['a condition that is null', of([null]), 'Invalid condition test: must be a List or Object.'],
    ['an empty list', of([[]]), 'Invalid Condition: missing operation identifier.'],
    ['an unknown operation', of([['in', '$key', 'a']]), "Invalid Condition: unknown operation 'in'."],
    ['too few', of([['eq', '$key']]), 'Invalid eq: wrong number of arguments.'],
    ['too many', of([['starts-with', '$key', 'a', 'b']]), 'Invalid starts-with: wrong number of arguments.'],
    [
      'a range of one',
      of([['content-length-range', 1]]),
      'Invalid content-length-range: wrong number of arguments.',
    ],
    ['a value that is no string', of([['eq', '$key', 1]]), 'Invalid JSON.'],
    ['a fraction', of([['content-length-range', 0, 1.5]]), 'Invalid JSON.'],
  ])('%s', (_, document, message) => {
    expect(refusalOf(() => parsePostPolicy(base64(document)))).toEqual({
      code: 'InvalidPolicyDocument',
      status: 400,
      message: `Invalid Policy: ${message}`,
      elements: {},
    })
  })

  test.each(['*', 'e30', 'e30=e30=', 'e3 0=', '\u00e9'])('%j is no base64', (text) => {
    const act = () => parsePostPolicy(text)
    if (text === 'e30') expect(refusalOf(act).message).toBe('Invalid Policy: Policy missing expiration.')
    else expect(refusalOf(act).message).toBe('Invalid Policy: invalid Base64 encoding.')
  })

  test('invalid UTF-8 is no JSON', () => {
    expect(refusalOf(() => parsePostPolicy(Buffer.of(0x22, 0xff, 0x22).toString('base64'))).message).toBe(
      'Invalid Policy: Invalid JSON.',
    )
  })

  test('line breaks in the base64, fractions of a second, members in any case', () => {
    const text = base64({ Expiration: '2030-01-01T00:00:00.000Z', CONDITIONS: [] })
    const broken = text.replace(/.{20}/g, '$&\r\n')
    expect(parsePostPolicy(broken)).toEqual({ expiration: Date.UTC(2030, 0, 1), conditions: [] })
  })
})
