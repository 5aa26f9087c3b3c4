import { describe, expect, it } from 'vitest'
import { parseSubnet, type Subnet } from '../../src/iam/address.ts'
import { clientAddress } from '../../src/proxy/client-address.ts'

const subnets = (...texts: string[]): Subnet[] => texts.map((text) => parseSubnet(text) as Subnet)

const ROWS: readonly {
  readonly name: string
  readonly peer: string
  readonly forwarded?: string
  readonly trusted?: readonly string[]
  readonly address: string
}[] = [
  { name: 'the peer', peer: '192.0.2.1', address: '192.0.2.1' },
  { name: 'a mapped peer', peer: '::ffff:192.0.2.1', address: '192.0.2.1' },
  { name: 'a spoofed header from anybody', peer: '192.0.2.1', forwarded: '10.0.0.1', address: '192.0.2.1' },
  {
    name: 'a spoofed header from an untrusted peer',
    peer: '192.0.2.1',
    forwarded: '10.0.0.1',
    trusted: ['10.0.0.0/8'],
    address: '192.0.2.1',
  },
  {
    name: 'a trusted proxy',
    peer: '10.0.0.1',
    forwarded: '192.0.2.1',
    trusted: ['10.0.0.0/8'],
    address: '192.0.2.1',
  },
  {
    name: 'a chain of trusted proxies',
    peer: '10.0.0.1',
    forwarded: '192.0.2.1, 10.0.0.3 ,10.0.0.2',
    trusted: ['10.0.0.0/8'],
    address: '192.0.2.1',
  },
  {
    name: 'what the client itself wrote in front',
    peer: '10.0.0.1',
    forwarded: '10.9.9.9, 192.0.2.1',
    trusted: ['10.0.0.0/8'],
    address: '192.0.2.1',
  },
  {
    name: 'a trusted proxy without the header',
    peer: '10.0.0.1',
    trusted: ['10.0.0.0/8'],
    address: '10.0.0.1',
  },
  {
    name: 'a hop that is no address',
    peer: '10.0.0.1',
    forwarded: '192.0.2.1, unknown',
    trusted: ['10.0.0.0/8'],
    address: '10.0.0.1',
  },
  {
    name: 'proxies all the way',
    peer: '10.0.0.1',
    forwarded: '10.0.0.2',
    trusted: ['10.0.0.0/8'],
    address: '10.0.0.2',
  },
  {
    name: 'IPv6',
    peer: '2001:db8::1',
    forwarded: '2001:DB8:0:0::7',
    trusted: ['2001:db8::1'],
    address: '2001:db8::7',
  },
]

describe('client address', () => {
  it.each(ROWS)('$name', ({ peer, forwarded, trusted, address }) => {
    expect(clientAddress(peer, forwarded, subnets(...(trusted ?? [])))).toBe(address)
  })
})
