/**
 * The names by which clients know the gate, and what a request under one of them is about.
 *
 * A client signs the host and the path that it uses; what a proxy in front makes of them is what arrives. So a request
 * has one or several {@link Reading}s: host and path as they may have been signed, each with the target that this host
 * and path name. Target and signed text belong together: only the reading whose signature verifies counts.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
import { isBucketName } from './bucket-name.ts'
import { decode, encodePath } from './uri.ts'

/** `key` is decoded: any Unicode, `/` and `//` included, as the client meant it. */
export type Target =
  | { readonly kind: 'service' }
  | { readonly kind: 'bucket'; readonly bucket: string }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string }

/** Host and path as they may have been signed, and what they name. */
export interface Reading {
  /** The Host header. */
  readonly host: string
  /** The path as the client sent it, without the query. */
  readonly rawPath: string
  /** What the client signed: its canonical encoding. Without the bucket where the host names it. */
  readonly canonicalPath: string
  readonly target: Target
  readonly style: 'path' | 'virtual'
}

/** One of the URLs at which clients find the gate. */
export interface PublicEndpoint {
  /** `https://s3.example.org`, `https://example.org/s3`: no slash at its end. */
  readonly url: string
  /** `s3.example.org`, with the port where it is not the scheme's own. */
  readonly host: string
  /** `''` or `/s3`: unreserved characters and slashes. */
  readonly prefix: string
}

/** @param url http or https, with a plain path or none, without a slash at its end */
export function publicEndpoint(url: string): PublicEndpoint {
  const { host, pathname } = new URL(url)
  return { url, host, prefix: pathname === '/' ? '' : pathname }
}

export interface Names {
  /**
   * @returns the one as received first; the others may have been signed in front of a proxy. No two of them have the
   *   same signed text
   */
  readingsOf(host: string, received: ReceivedPath): readonly [Reading, ...Reading[]]
  /**
   * Whether what Signature Version 2 signs, `/bucket/key` without a host, is one target under every name of the gate.
   */
  isOneTarget(signed: Reading): boolean
}

export interface NamesOptions {
  /**
   * Names under which buckets are hosts (`s3.example.com`); a Host that is one of them, or under none, is path style.
   */
  readonly domains: readonly string[]
  readonly endpoints: readonly PublicEndpoint[]
}

/** @throws RangeError where one URL could mean two things: see {@link ambiguousEndpoints} */
export function createNames({ domains, endpoints }: NamesOptions): Names {
  const ambiguous = ambiguousEndpoints(endpoints)
  if (ambiguous !== undefined) throw new RangeError(ambiguous)
  const { bucketOf, hasBuckets, isOwn } = virtualHosts(domains, endpoints)
  return {
    readingsOf(host, received) {
      const bucket = bucketOf(host)
      if (endpoints.length === 0) return [reading(host, received, bucket, '')]
      const here = endpoints.filter((endpoint) => isNamed(host, bucket, endpoint))
      const kept = here.find(({ prefix }) => isBelow(received.path, prefix))
      const first = reading(host, received, bucket, kept?.prefix ?? '')
      const found: [Reading, ...Reading[]] = [first]
      for (const endpoint of endpoints) {
        const own = bucket === undefined ? endpoint.host : `${bucket}.${endpoint.host}`
        if (bucket !== undefined && (!hasBuckets(endpoint) || isOwn(own))) continue
        const isHere = here.includes(endpoint)
        for (const signed of isHere ? [host, own] : [own]) {
          for (const taken of prefixesTakenOff(received.path, endpoint)) {
            const one = reading(signed, below(taken, received), bucket, endpoint.prefix)
            // INVARIANT: who reached the gate by one of its names gets what its URL means there, and nothing else.
            if (here.length > 0 && !isHere && !sameTarget(one.target, first.target)) continue
            if (!isSaid(one, found)) found.push(one)
          }
        }
      }
      return found
    },
    isOneTarget({ rawPath, style, target }) {
      if (target.kind === 'service') return true
      const path = style === 'path' ? decode(rawPath) : `/${target.bucket}${decode(rawPath)}`
      return targetsOf(path).every((one) => sameTarget(one, target))
    },
  }

  /** What a path may be about: under a name alone, below each prefix, and below it in the host of a bucket. */
  function targetsOf(path: string): readonly Target[] {
    const plain = pathTarget(path)
    const targets = plain.kind === 'service' || isBucketName(plain.bucket) ? [plain] : []
    const slash = path.indexOf('/', 1)
    const inHost = slash === -1 ? '' : path.slice(slash)
    for (const endpoint of endpoints) {
      const { prefix } = endpoint
      if (isBelow(path, prefix)) targets.push(pathTarget(path.slice(prefix.length)))
      if (hasBuckets(endpoint) && isBelow(inHost, prefix)) {
        targets.push(bucketTarget(path.slice(1, slash), inHost.slice(prefix.length + 1)))
      }
    }
    return targets
  }
}

/** What is wrong with endpoints of which one URL would be two resources; undefined: nothing. */
export function ambiguousEndpoints(endpoints: readonly PublicEndpoint[]): string | undefined {
  for (const one of endpoints) {
    const inner = endpoints.find(
      ({ host, prefix }) =>
        host === one.host && (one.prefix === '' ? prefix !== '' : isBelow(prefix, `${one.prefix}/`)),
    )
    if (inner !== undefined) {
      return `${inner.url} is below ${one.url}: a path there could name two different buckets`
    }
  }
  return undefined
}

/** A path as it was received, or as it was before a proxy took something off it. */
export interface ReceivedPath {
  readonly raw: string
  /** Decoded. */
  readonly path: string
  /** In its canonical encoding. */
  readonly canonical: string
}

function below(prefix: string, { raw, path, canonical }: ReceivedPath): ReceivedPath {
  return { raw: prefix + raw, path: prefix + path, canonical: encodePath(prefix) + canonical }
}

/** What a proxy in front may have taken off the path: an endpoint's prefix, or nothing where it is still there. */
function prefixesTakenOff(path: string, { prefix }: PublicEndpoint): readonly string[] {
  if (prefix === '') return ['']
  return isBelow(path, prefix) ? ['', prefix] : [prefix]
}

function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix) || prefix === '') return false
  return path.length === prefix.length || prefix.endsWith('/') || path[prefix.length] === '/'
}

/** @param prefix of the endpoint, at the front of the path */
function reading(
  host: string,
  { raw, path, canonical }: ReceivedPath,
  bucket: string | undefined,
  prefix: string,
): Reading {
  const rest = path.slice(prefix.length)
  return {
    host,
    rawPath: raw,
    canonicalPath: canonical,
    target: bucket === undefined ? pathTarget(rest) : bucketTarget(bucket, rest.slice(1)),
    style: bucket === undefined ? 'path' : 'virtual',
  }
}

function isSaid(one: Reading, said: readonly Reading[]): boolean {
  return said.some(({ host, canonicalPath }) => host === one.host && canonicalPath === one.canonicalPath)
}

function pathTarget(path: string): Target {
  if (path === '/' || path === '') return SERVICE
  const slash = path.indexOf('/', 1)
  return slash === -1
    ? bucketTarget(path.slice(1), '')
    : bucketTarget(path.slice(1, slash), path.slice(slash + 1))
}

const SERVICE: Target = { kind: 'service' }

function bucketTarget(bucket: string, key: string): Target {
  return key === '' ? { kind: 'bucket', bucket } : { kind: 'object', bucket, key }
}

export function sameTarget(a: Target, b: Target): boolean {
  if (a.kind === 'service' || b.kind === 'service') return a.kind === b.kind
  if (a.kind === 'object' && b.kind === 'object') return a.bucket === b.bucket && a.key === b.key
  return a.kind === b.kind && a.bucket === b.bucket
}

/** The bucket that a Host names, and which endpoints have such hosts. */
function virtualHosts(domains: readonly string[], endpoints: readonly PublicEndpoint[]) {
  const names = domains.map(hostName).sort((a, b) => b.length - a.length)
  const suffixes = names.map((name) => `.${name}`)
  const own = new Set([...names, ...endpoints.map(({ host }) => hostName(host))])
  return {
    bucketOf(host: string): string | undefined {
      if (suffixes.length === 0) return undefined
      const name = hostName(host)
      if (own.has(name)) return undefined
      for (const suffix of suffixes) {
        if (name.length > suffix.length && name.endsWith(suffix)) return name.slice(0, -suffix.length)
      }
      return undefined
    },
    hasBuckets: ({ host }: PublicEndpoint): boolean => names.includes(hostName(host)),
    /** Whether it is a name of the gate itself. */
    isOwn: (host: string): boolean => own.has(hostName(host)),
  }
}

/** Whether a Host header is the endpoint's name, or that of a bucket under it. */
function isNamed(host: string, bucket: string | undefined, { host: own, url }: PublicEndpoint): boolean {
  const name = bucket === undefined ? own : `${bucket}.${own}`
  const given = host.toLowerCase().replace(/\.(?=:|$)/, '')
  return given === name || given === `${name}:${url.startsWith('https:') ? 443 : 80}`
}

/** Lower-case, without port and without the root's trailing dot. */
function hostName(host: string): string {
  const colon = host.lastIndexOf(':')
  const name = colon === -1 || host.endsWith(']') ? host : host.slice(0, colon)
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}
