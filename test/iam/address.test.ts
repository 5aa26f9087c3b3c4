import { describe, expect, it } from 'vitest'
import { canonicalAddress, contains, parseAddress, parseSubnet } from '../../src/iam/address.ts'

describe('ranges of addresses', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.128/25', '192.0.2.128', true],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.7/32', '192.0.2.7', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.9', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:a01:203', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['fe80::/10', 'fe80::1%eth0', true],
  ])('%s holds %s: %s', (range, address, expected) => {
    expect(contains(parseSubnet(range)!, parseAddress(address)!)).toBe(expected)
  })

  it.each([
    '',
    '10',
    '10.0.0',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.1.2',
    '256.0.0.1',
    '1::2::3',
    'localhost',
    ' 10.0.0.1',
  ])('%j is no address', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })

  it.each([
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '::/129',
    '::ffff:10.0.0.0/95',
    '/8',
    'x/8',
    '10.0.0.0/ 8',
  ])('%j is no range', (text) => {
    expect(parseSubnet(text)).toBeUndefined()
  })

  it.each([
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['192.0.2.7', '192.0.2.7'],
    ['nonsense', 'nonsense'],
  ])('%s is written %s', (text, expected) => {
    expect(canonicalAddress(text)).toBe(expected)
  })
})
