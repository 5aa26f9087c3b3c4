/** What is measured, how much of it in one turn, and what the gate is to reach. */
import { BUCKET, type StageCredentials } from './contenders.ts'
import type { WireRequest } from './load.ts'
import { hashOf, signed, type UnsignedBody } from './sign.ts'

/** The gate's CPU time per request is to be at most `factor` times that of what it is held against. */
export interface Goal {
  readonly factor: number
  /** `nginx+sha256`: nginx, and what hashing the body alone costs. `own GET`: what the gate needs for a GET of 1 KiB. */
  readonly against: 'nginx' | 'bare' | 'nginx+sha256' | 'own GET'
}

export interface Workload {
  readonly name: string
  /** Null: only reported. */
  readonly goal: Goal | null
  /** Of one turn of one contender. */
  readonly requests: number
  /** Before the first turn, so that nothing is compiled while it is measured. */
  readonly warmUp: number
  readonly connections: number
  readonly method: string
  /** @param index makes every request another one */
  target(index: number): string
  readonly body: UnsignedBody
  /** Whose key signs. What `reader` may not do is for the gate alone: the others would pass it on. */
  readonly key: keyof StageCredentials
  readonly status: number
}

const KIB = 1024
const MIB = 1024 * KIB

/** Distinct requests in rotation. */
export const DISTINCT = 400

const NO_BODY: UnsignedBody = { kind: 'none' }
const object = (size: number) => (index: number) => `/${BUCKET}/${size}/folder/object-${index}.bin`
const bytes = (size: number): Buffer => Buffer.alloc(size, 'It was the best of times. ')

const SMALL = { requests: 2_000, warmUp: 40_000, connections: 16 } as const
const LARGE = { requests: 16, warmUp: 120, connections: 4 } as const
const COMMON = { method: 'GET', body: NO_BODY, key: 'full', status: 200 } as const

/** The work that others are held against. */
export const SMALL_GET: Workload = {
  ...COMMON,
  ...SMALL,
  name: 'GET 1 KiB',
  goal: { factor: 1.25, against: 'bare' },
  target: object(KIB),
}

export const WORKLOADS: readonly Workload[] = [
  SMALL_GET,
  {
    ...COMMON,
    ...SMALL,
    name: 'GET 64 KiB',
    requests: 800,
    warmUp: 10_000,
    goal: { factor: 2, against: 'nginx' },
    target: object(64 * KIB),
  },
  { ...COMMON, ...LARGE, name: 'GET 8 MiB', goal: { factor: 1, against: 'nginx' }, target: object(8 * MIB) },
  {
    ...COMMON,
    ...SMALL,
    name: 'PUT 1 KiB signed',
    method: 'PUT',
    body: { kind: 'signed', bytes: bytes(KIB) },
    goal: { factor: 1.25, against: 'bare' },
    target: object(KIB),
  },
  {
    ...COMMON,
    ...LARGE,
    name: 'PUT 8 MiB signed',
    method: 'PUT',
    body: { kind: 'signed', bytes: bytes(8 * MIB) },
    goal: { factor: 1.1, against: 'nginx+sha256' },
    target: object(8 * MIB),
  },
  {
    ...COMMON,
    ...LARGE,
    name: 'PUT 8 MiB unsigned',
    method: 'PUT',
    body: { kind: 'unsigned', bytes: bytes(8 * MIB) },
    goal: { factor: 1.25, against: 'nginx' },
    target: object(8 * MIB),
  },
  {
    ...COMMON,
    ...LARGE,
    name: 'PUT 8 MiB aws-chunked, trailer',
    method: 'PUT',
    body: { kind: 'trailer', bytes: bytes(8 * MIB) },
    goal: { factor: 1.25, against: 'nginx' },
    target: object(8 * MIB),
  },
  { ...COMMON, ...SMALL, name: 'HEAD', method: 'HEAD', goal: null, target: object(KIB) },
  {
    ...COMMON,
    ...SMALL,
    name: 'ListObjectsV2 of 1,000 keys',
    requests: 400,
    warmUp: 5_000,
    goal: null,
    target: (index) => `/${BUCKET}?list-type=2&prefix=folder%2F${index}`,
  },
  {
    ...COMMON,
    ...SMALL,
    name: 'a refused request',
    goal: { factor: 1, against: 'own GET' },
    method: 'DELETE',
    target: object(KIB),
    key: 'reader',
    status: 403,
  },
]

/** Signed now: good for a quarter of an hour. */
export function requestsOf(workload: Workload, credentials: StageCredentials): readonly WireRequest[] {
  const { method, body } = workload
  const hash = hashOf(body)
  return Array.from({ length: DISTINCT }, (_, index) =>
    signed({ method, target: workload.target(index), body }, credentials[workload.key], hash),
  )
}
