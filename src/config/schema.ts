/**
 * Every configuration key: its kind, default and meaning. The one source of the loader, of the environment's names
 * (`limits.header_size` is `S3WARDEN_LIMITS_HEADER_SIZE`), of `config/s3warden.example.yaml` and of the reference.
 *
 * A key is written the same everywhere, hence snake_case also in the {@link Config} that comes out. Durations come out
 * in milliseconds and sizes in bytes.
 */
import { z } from 'zod'
import { OPENABLE } from '../s3/opened.ts'
import {
  addressRange,
  count,
  domain,
  duration,
  type Kind,
  listenAddress,
  listOf,
  matching,
  oneOf,
  origin,
  orWord,
  path,
  publicUrl,
  regionName,
  secret,
  size,
  someOf,
  yesOrNo,
} from './kinds.ts'

/** What is known of a key beside its kind. */
export interface KeyFacts {
  readonly about: string
  /** As it would be written; absent: the key must be given. */
  readonly default?: string | number | boolean | null | readonly string[]
  /** A telling value for the documented example, where the default tells nothing. */
  readonly example?: string
  /** `file`: may also be given as `NAME_file`, the path of a file that holds it. `secret`: besides, never shown. */
  readonly delivery?: 'file' | 'secret'
  /** Whether a running gate takes a new value over on SIGHUP, or only a restart does. */
  readonly reload?: 'live' | 'restart'
}

/** A key's facts together with its kind's phrase. */
export interface DescribedKey extends KeyFacts {
  readonly expected: string
}

const described = z.registry<DescribedKey>()

/** What a schema's key is; undefined for a group of keys. */
export const describedKey = (schema: z.core.$ZodType): DescribedKey | undefined => described.get(schema)

function parsedBy<T>(kind: Kind<T>): z.ZodType<T> {
  return z.unknown().transform((given, context): T => {
    const value = kind.parse(given)
    if (value !== undefined) return value
    context.issues.push({ code: 'custom', message: kind.expected, input: given })
    return z.NEVER
  })
}

function required<T>(kind: Kind<T>, facts: Omit<KeyFacts, 'default'>): z.ZodType<T> {
  const schema = parsedBy(kind)
  described.add(schema, { ...facts, expected: kind.expected })
  return schema
}

function key<T>(
  kind: Kind<T>,
  facts: KeyFacts & Required<Pick<KeyFacts, 'default'>>,
): z.ZodPrefault<z.ZodType<T>> {
  const schema = parsedBy(kind).prefault(facts.default as T)
  described.add(schema, { ...facts, expected: kind.expected })
  return schema
}

const backendCredentialPattern = /^[\x21-\x7e]{1,256}$/

const backend = z.strictObject({
  endpoint: required(someOf(origin), {
    about:
      'Base URL of the object store; several of one store are health-checked and used in turn. Without it the embedded development store is started.',
    example: 'http://10.0.0.1:7480',
    reload: 'live',
  }),
  region: key(regionName, {
    about: 'Region that requests to the store are signed for, and that its buckets are in.',
    default: 'us-east-1',
    reload: 'live',
  }),
  access_key: required(matching(backendCredentialPattern, 'an access key without spaces'), {
    about: 'The credential under which the gate works on the store. No client may know it.',
    example: 'GATE0ACCESS0KEY',
    delivery: 'file',
    reload: 'live',
  }),
  secret_key: required(secret('a secret key without spaces', backendCredentialPattern), {
    about: "The credential's secret.",
    delivery: 'secret',
    reload: 'live',
  }),
  kind: key(oneOf(['generic', 'ceph', 'minio', 'aws']), {
    about: 'What the store is, which says what it can do.',
    default: 'generic',
    reload: 'live',
  }),
  addressing: key(oneOf(['path', 'virtual']), {
    about: 'How the store wants buckets addressed: http://host/bucket or http://bucket.host.',
    default: 'path',
    reload: 'live',
  }),
  ca: key(orWord('system', matching(/-----BEGIN CERTIFICATE-----/, 'certificates in PEM')), {
    about: "Authorities that the store's certificate is checked against, instead of the system's.",
    default: 'system',
    delivery: 'file',
    reload: 'live',
  }),
  opened_operations: key(listOf(oneOf(OPENABLE)), {
    about: "Operations that act with the store's own power, and that are refused unless they are named here.",
    default: [],
    reload: 'live',
  }),
})

const tls = z.strictObject({
  cert: required(path, {
    about:
      'File of the certificate that clients are shown, in PEM, with those that lead to its authority. Without it clients connect by plain HTTP. A renewed one is taken over within seconds.',
    example: '/etc/s3warden/tls.crt',
  }),
  key: required(path, {
    about: "File of the certificate's private key, in PEM.",
    example: '/etc/s3warden/tls.key',
  }),
})

const controlTls = z.strictObject({
  cert: required(path, {
    about:
      'File of the certificate with which the control plane speaks TLS, in PEM, with those that lead to its authority. Without it the control plane speaks plain HTTP. A renewed one is taken over within seconds.',
    example: '/etc/s3warden/control.crt',
  }),
  key: required(path, {
    about: "File of that certificate's private key, in PEM.",
    example: '/etc/s3warden/control.key',
  }),
})

const limits = z.strictObject({
  buckets_per_project: key(count(1, 1_000_000), {
    about: 'How many buckets a project may own, unless the project says otherwise.',
    default: 1000,
  }),
  concurrency_per_key: key(orWord('unlimited', count(1, 1_000_000)), {
    about: 'Requests of one key that may be in progress at once; more are answered SlowDown. Per worker.',
    default: 'unlimited',
    reload: 'live',
  }),
  concurrency_per_project: key(orWord('unlimited', count(1, 1_000_000)), {
    about: 'The same for all keys that work in one project.',
    default: 'unlimited',
    reload: 'live',
  }),
  rate_per_key: key(orWord('unlimited', count(1, 1_000_000)), {
    about: 'Requests per second of one key, with bursts of as many; more are answered SlowDown. Per worker.',
    default: 'unlimited',
    reload: 'live',
  }),
  rate_per_project: key(orWord('unlimited', count(1, 1_000_000)), {
    about: 'The same for all keys that work in one project.',
    default: 'unlimited',
    reload: 'live',
  }),
  header_size: key(size('8KiB', '1MiB'), {
    about: "A request's line and headers together.",
    default: '32KiB',
  }),
  body_rate: key(size('1B', '1GiB'), {
    about:
      'The least number of bytes per second that a client must send or take, on average over a minute; slower ones are cut off. There is no limit on the duration of a body that makes progress.',
    default: '512B',
    reload: 'live',
  }),
  failed_signatures: key(count(1, 1_000_000), {
    about:
      'Wrong signatures and unknown keys per minute and source address, after which further ones of that address are answered SlowDown. Correctly signed requests are never affected.',
    default: 120,
    reload: 'live',
  }),
  failed_logins: key(count(1, 1_000_000), {
    about:
      'Failed attempts to authenticate on the control plane, per minute and source address, after which further ones of that address are answered 429. Valid tokens are never affected. Per worker.',
    default: 60,
  }),
  failing_sources: key(count(16, 10_000_000), {
    about: 'How many source addresses are remembered for that.',
    default: 10_000,
  }),
  released_name: key(duration('0s', '365d'), {
    about:
      "How long a deleted bucket's name stays out of other projects' reach. No shorter than the backend's patience (timeouts.backend_slow_answer).",
    default: '1h',
    reload: 'live',
  }),
})

const quota = (about: string) =>
  key(orWord('unlimited', count(0, 1_000_000_000)), { about, default: 'unlimited' })

const quotas = z.strictObject({
  iam_users: quota('Users in an organization.'),
  iam_applications: quota('Applications in an organization.'),
  iam_groups: quota('Groups in an organization.'),
  iam_policies: quota('Policies in an organization.'),
  iam_ssh_keys: quota('SSH keys in an organization.'),
  iam_api_keys_per_bearer: quota('Access keys of one user or application.'),
  iam_rules_per_policy: quota('Rules in one policy.'),
  iam_members_per_group: quota('Users and applications in one group.'),
  projects: quota('Projects in an organization.'),
})

const timeouts = z.strictObject({
  headers: key(duration('1s', '10m'), {
    about: "For a client to send a request's headers.",
    default: '30s',
  }),
  idle: key(duration('1s', '1h'), {
    about: 'How long a connection may wait for its next request.',
    default: '75s',
  }),
  drain: key(duration('0s', '1h'), {
    about: 'How long requests in progress may go on after SIGTERM.',
    default: '25s',
    reload: 'live',
  }),
  backend_connect: key(duration('100ms', '5m'), {
    about: 'For a connection to the backend.',
    default: '5s',
  }),
  backend_answer: key(duration('1s', '1h'), {
    about: "For the backend's answer to begin, once the request was sent.",
    default: '60s',
  }),
  backend_slow_answer: key(duration('1s', '12h'), {
    about: 'The same for CompleteMultipartUpload and copies, which may take minutes.',
    default: '15m',
  }),
  backend_body: key(duration('1s', '1h'), {
    about: 'For the next piece of an answer of the backend that has begun.',
    default: '60s',
  }),
  backend_health: key(duration('1s', '1h'), {
    about: 'How often the endpoints of a backend are looked at.',
    default: '10s',
  }),
})

const cache = z.strictObject({
  keys: key(count(16, 10_000_000), { about: 'Access keys held in memory.', default: 10_000 }),
  policies: key(count(16, 10_000_000), {
    about: 'Compiled policies held in memory, counted by principal.',
    default: 10_000,
  }),
  projects: key(count(16, 10_000_000), { about: 'Projects held in memory.', default: 10_000 }),
  buckets: key(count(16, 10_000_000), { about: 'Buckets held in memory.', default: 100_000 }),
})

export const schema = z.strictObject({
  listen: key(listenAddress, {
    about: 'Where S3 clients connect. Port 0: any free one.',
    default: '127.0.0.1:8484',
  }),
  health_listen: key(orWord('off', listenAddress), {
    about: 'Where /healthz, /readyz and /metrics are answered, without authentication.',
    default: 'off',
    example: '127.0.0.1:8485',
  }),
  control_listen: key(orWord('off', listenAddress), {
    about:
      "Where the control plane answers: Scaleway's IAM API, with which clients manage users, policies and keys. Off unless it is given; let it listen on loopback, or give it a certificate.",
    default: 'off',
    example: '127.0.0.1:8486',
  }),
  control_session: key(duration('1m', '90d'), {
    about: 'How long a login to the control plane lasts.',
    default: '12h',
  }),
  public_endpoints: key(listOf(publicUrl), {
    about:
      'The URLs at which clients find the gate, where a proxy in front changes their host or path: a signature is good for the host as received and for each of these. A path that the proxy keeps is taken off, one that it takes off is put back. Clients are told the first. Absent: the one of `listen`.',
    default: [],
    example: '[https://s3.example.org, https://example.org/s3]',
    reload: 'live',
  }),
  data: key(path, {
    about: 'Directory of the store (and of the embedded backend). Relative to where the gate is started.',
    default: 'data',
  }),
  master_key: key(
    orWord(
      'generated',
      secret(
        '64 hexadecimal digits or 44 characters of base64 (32 bytes)',
        /^([0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/,
      ),
    ),
    {
      about:
        'Wraps the key that seals secrets in the store. Generated into DIR/master.key (mode 0600) where none is given.',
      default: 'generated',
      delivery: 'secret',
    },
  ),
  access: key(orWord('off', path), {
    about:
      'Access file that is applied at the start and on SIGHUP (s3warden apply): who there is and what they may do. Nothing is bootstrapped then; where it has a backend `default`, no other is needed.',
    default: 'off',
    example: '/etc/s3warden/access.yaml',
  }),
  access_prune: key(yesOrNo, {
    about: 'Whether that also deletes what the lists in the file no longer have. Each deletion is logged.',
    default: false,
    reload: 'live',
  }),
  region: key(regionName, {
    about:
      "The gate's own region: what clients may sign for beside us-east-1 and US, and may ask buckets in.",
    default: 'us-east-1',
    reload: 'live',
  }),
  regions: key(listOf(regionName), {
    about: 'Further regions of that kind.',
    default: [],
    reload: 'live',
  }),
  domains: key(listOf(domain), {
    about:
      'Domains under which buckets are host names (bucket.s3.example.org). Any other Host means path style.',
    default: [],
    example: '[s3.example.org]',
    reload: 'live',
  }),
  trusted_proxies: key(listOf(addressRange), {
    about: "Peers whose X-Forwarded-For is believed to name the client's address.",
    default: [],
    example: '[10.0.0.0/8]',
    reload: 'live',
  }),
  presign_max_expiry: key(duration('1s', '7d'), {
    about: 'The longest life of a presigned URL.',
    default: '7d',
    reload: 'live',
  }),
  sigv2: key(yesOrNo, {
    about: 'Whether AWS Signature Version 2 is accepted (old presigning clients).',
    default: false,
    reload: 'live',
  }),
  workers: key(count(1, 512), { about: 'Processes that share the port.', default: 1 }),
  log_level: key(oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']), {
    about:
      'What is logged on standard output: text on a terminal, else one JSON object a line. Requests are logged at info.',
    default: 'info',
    reload: 'live',
  }),
  tls: tls.nullable().default(null),
  control_tls: controlTls.nullable().default(null),
  backend: backend.nullable().default(null),
  limits: limits.prefault({}),
  quotas: quotas.prefault({}),
  timeouts: timeouts.prefault({}),
  cache: cache.prefault({}),
})

/** Where one key stands: `['backend', 'region']`. */
export type KeyPath = readonly string[]

export interface SchemaKey {
  readonly path: KeyPath
  readonly facts: DescribedKey
}

/** The group that a schema is, looked at through its wrappers; undefined: it is a key. */
function groupOf(candidate: z.core.$ZodType): z.ZodObject | undefined {
  if (describedKey(candidate) !== undefined) return undefined
  if (candidate instanceof z.ZodObject) return candidate
  if (
    candidate instanceof z.ZodPrefault ||
    candidate instanceof z.ZodDefault ||
    candidate instanceof z.ZodNullable
  ) {
    return groupOf(candidate.unwrap())
  }
  return undefined
}

/** All keys, in the order of the schema. */
export function schemaKeys(group: z.ZodObject = schema, above: KeyPath = []): readonly SchemaKey[] {
  return Object.entries(group.shape).flatMap(([name, child]): readonly SchemaKey[] => {
    const path = [...above, name]
    const inner = groupOf(child)
    if (inner !== undefined) return schemaKeys(inner, path)
    return [{ path, facts: describedKey(child)! }]
  })
}
