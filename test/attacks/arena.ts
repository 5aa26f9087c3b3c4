/**
 * Where attacks take place: the gate in front of a backend that records everything, with victims and attackers who
 * hold real keys.
 */
import { Operator } from '../support/operator.ts'
import type { RawRequest, RawResponse } from '../support/raw-http.ts'
import { send, serialize } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, type SigningOptions, signed } from '../support/s3-request.ts'
import { raise, type Stage } from '../support/stage.ts'

/** The permission sets of which every operation needs exactly one. */
export const PERMISSION_SETS = [
  'ObjectStorageBucketsRead',
  'ObjectStorageBucketsWrite',
  'ObjectStorageBucketsDelete',
  'ObjectStorageObjectsRead',
  'ObjectStorageObjectsWrite',
  'ObjectStorageObjectsDelete',
  'ObjectStorageBucketPolicyFullAccess',
] as const

export type PermissionSetName = (typeof PERMISSION_SETS)[number]

export interface Arena extends Stage {
  /** Every signature that was sent, by whomever: none of them may be found in a log. */
  readonly signatures: Set<string>
  /** Everything in the default project, which owns the bucket `ours`. */
  readonly owner: Credentials
  /** Everything in a project of another organization, which owns the bucket `theirs`. */
  readonly stranger: Credentials
  readonly strangerProject: string
  /** As the owner, limited to one bare operation each: no variant, no header that asks for more. */
  readonly limited: Readonly<Record<'GetObject' | 'PutObject' | 'DeleteObject', Credentials>>
  /** As the owner, limited to objects of `ours` below `team-a/`. */
  readonly below: Credentials
  /** Everything but one permission set. */
  readonly lacking: Readonly<Record<PermissionSetName, Credentials>>
  /** Everything, from 10.0.0.0/8 only. */
  readonly elsewhere: Credentials
}

export async function enter(): Promise<Arena> {
  const { gate, backend, operator } = await raise({
    S3WARDEN_LIMITS_FAILED_SIGNATURES: '1000000',
    S3WARDEN_LIMITS_BUCKETS_PER_PROJECT: '1000',
    S3WARDEN_TIMEOUTS_HEADERS: '2s',
    // So that a name may pass to another project within a test.
    S3WARDEN_LIMITS_RELEASED_NAME: '1s',
    S3WARDEN_TIMEOUTS_BACKEND_SLOW_ANSWER: '1s',
  })
  const strangers = await Operator.ofAnotherOrganization(gate, 'strangers')
  const everything = ['ObjectStorageFullAccess']
  const project = operator.projectId
  const limitedTo = (operation: string) =>
    operator.tenant(`only-${operation}`, everything, [project], { operations: [operation] })
  const lackingSet = async (set: PermissionSetName) => {
    const others = PERMISSION_SETS.filter((other) => other !== set)
    return [set, await operator.tenant(`lacking-${set}`, others)] as const
  }
  const owner = await operator.tenant('owner', everything)
  const stranger = await strangers.tenant('stranger', everything)
  const arena: Arena = {
    signatures: new Set(),
    gate,
    backend,
    operator,
    owner,
    stranger,
    strangerProject: strangers.projectId,
    limited: {
      GetObject: await limitedTo('GetObject'),
      PutObject: await limitedTo('PutObject'),
      DeleteObject: await limitedTo('DeleteObject'),
    },
    below: await operator.tenant('below', everything, [project], {
      resources: ['sos/bucket:ours/team-a/*'],
    }),
    lacking: Object.fromEntries(await Promise.all(PERMISSION_SETS.map(lackingSet))) as Arena['lacking'],
    elsewhere: await operator.tenant('elsewhere', everything, [project], {
      condition: 'inIpRange(request.ip, "10.0.0.0/8")',
    }),
  }
  for (const [credentials, bucket] of [
    [owner, 'ours'],
    [stranger, 'theirs'],
  ] as const) {
    for (const target of [`/${bucket}`, `/${bucket}/secret`, `/${bucket}/team-a/mine`]) {
      const made = await as(arena, credentials, {
        method: 'PUT',
        target,
        body: target.includes('/', 1) ? 'secret' : '',
      })
      if (made.status !== 200) throw new Error(`PUT ${target} → ${made.status} ${made.body}`)
    }
  }
  return arena
}

/** Sends a request signed by those credentials. */
export function as(
  arena: Arena,
  credentials: Credentials,
  request: S3Request,
  options: Partial<SigningOptions> = {},
): Promise<RawResponse> {
  return deliver(arena, signed(credentials, request, { host: arena.gate.host, ...options }))
}

/** Sends a request as it is. */
export function deliver(arena: Arena, request: RawRequest): Promise<RawResponse> {
  for (const [signature] of serialize(request)
    .toString('latin1')
    .matchAll(/\b[0-9a-f]{64}\b/g)) {
    if (!request.headers.some(([, value]) => value === signature)) arena.signatures.add(signature)
  }
  return send(arena.gate.port, request)
}
