/**
 * Whose request this is, on the network: the peer's address, or, where the peer is a proxy that the operator trusts,
 * the last address in `X-Forwarded-For` that is not such a proxy's. What anybody else writes there counts for nothing.
 */
import { canonicalAddress, contains, parseAddress, type Subnet } from '../iam/address.ts'

/**
 * @param peer as the socket reports it
 * @param forwarded the whole header, repeats joined by commas; undefined: there is none
 */
export function clientAddress(
  peer: string,
  forwarded: string | undefined,
  trustedProxies: readonly Subnet[],
): string {
  let address = canonicalAddress(peer)
  if (forwarded === undefined || trustedProxies.length === 0) return address
  const hops = forwarded.split(',')
  while (isTrusted(address, trustedProxies)) {
    const hop = hops.pop()?.trim()
    // A proxy that we trust wrote something that is no address: what stands before it cannot be trusted either.
    if (hop === undefined || parseAddress(hop) === undefined) return address
    address = canonicalAddress(hop)
  }
  return address
}

function isTrusted(text: string, trustedProxies: readonly Subnet[]): boolean {
  const address = parseAddress(text)
  return address !== undefined && trustedProxies.some((subnet) => contains(subnet, address))
}
