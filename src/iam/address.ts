/**
 * IP addresses and ranges of them, compared as bytes. An IPv4 address mapped into IPv6 (RFC 4291, section 2.5.5.2) is
 * the IPv4 address it stands for, so that a rule means the same whichever way a socket reports its peer.
 */
import ipaddr from 'ipaddr.js'

export interface Address {
  /** Four bytes or sixteen. */
  readonly bytes: readonly number[]
}

export interface Subnet {
  readonly network: readonly number[]
  readonly prefixLength: number
}

const IPV4_BITS = 32
const MAPPED_PREFIX_BITS = 96

/** Undefined where it is not an address. Leading zeros and shortened IPv4 forms are not: they read two ways. */
export function parseAddress(text: string): Address | undefined {
  const bytes = parseBytes(text)
  return bytes === undefined ? undefined : { bytes }
}

/** `10.0.0.0/8`, `2001:db8::/32`, or a single address. Bits beyond the prefix are ignored. */
export function parseSubnet(text: string): Subnet | undefined {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const network = parseBytes(address)
  if (network === undefined) return undefined
  const bits = network.length * 8
  if (slash === -1) return { network, prefixLength: bits }

  const given = decimal(text.slice(slash + 1))
  // A mapped range counts its bits as IPv6 does.
  const prefixLength = bits === IPV4_BITS && address.includes(':') ? given - MAPPED_PREFIX_BITS : given
  return prefixLength >= 0 && prefixLength <= bits ? { network, prefixLength } : undefined
}

/** An IPv4 range holds no IPv6 address and the reverse, not even `::/0`. */
export function contains(subnet: Subnet, address: Address): boolean {
  const { network, prefixLength } = subnet
  const { bytes } = address
  if (bytes.length !== network.length) return false
  const whole = prefixLength >> 3
  for (let index = 0; index < whole; index++) if (bytes[index] !== network[index]) return false
  const rest = prefixLength & 7
  return rest === 0 || (bytes[whole]! ^ network[whole]!) >> (8 - rest) === 0
}

/** The one way to write it (RFC 5952), mapped addresses as IPv4; what is no address stays as it is. */
export function canonicalAddress(text: string): string {
  if (!text.includes(':')) return text
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(withoutZone(text)).toString() : text
}

function parseBytes(text: string): readonly number[] | undefined {
  if (!text.includes(':')) {
    return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text).toByteArray() : undefined
  }
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(withoutZone(text)).toByteArray() : undefined
}

/** `fe80::1%eth0`: the zone names an interface of this host, not a part of the address. */
function withoutZone(text: string): string {
  const percent = text.indexOf('%')
  return percent === -1 ? text : text.slice(0, percent)
}

/** Up to three digits without a leading zero, else NaN. */
function decimal(text: string): number {
  return /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.NaN
}

/** What one subscriber has of an IPv6 address, in bytes: the rest it chooses anew for every attempt if it likes. */
const NETWORK_BYTES = 8

/**
 * Who is counted as one where attempts are counted: an IPv4 address, or the network of an IPv6 address.
 * https://www.rfc-editor.org/rfc/rfc4291#section-2.5.4
 */
export function sourceNetwork(ip: string): string {
  const bytes = parseAddress(ip)?.bytes ?? []
  return bytes.length > NETWORK_BYTES ? bytes.slice(0, NETWORK_BYTES).join('.') : ip
}
