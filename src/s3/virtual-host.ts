/**
 * Virtual-hosted style: a bucket's name in front of one of the gate's own domains in the Host header.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */

export interface VirtualHosts {
  /** The bucket that this Host header names; undefined: path style. */
  bucketOf(host: string): string | undefined
}

/**
 * @param domains names under which buckets are hosts (`s3.example.com`); a Host that is one of them, or under none, is
 *   path style
 */
export function createVirtualHosts(domains: readonly string[]): VirtualHosts {
  const names = domains.map(hostName).sort((a, b) => b.length - a.length)
  const suffixes = names.map((name) => `.${name}`)
  return {
    bucketOf(host) {
      if (suffixes.length === 0) return undefined
      const name = hostName(host)
      if (names.includes(name)) return undefined
      for (const suffix of suffixes) {
        if (name.length > suffix.length && name.endsWith(suffix)) return name.slice(0, -suffix.length)
      }
      return undefined
    },
  }
}

/** Lower-case, without port and without the root's trailing dot. */
function hostName(host: string): string {
  const colon = host.lastIndexOf(':')
  const name = colon === -1 || host.endsWith(']') ? host : host.slice(0, colon)
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}
