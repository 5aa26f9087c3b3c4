/**
 * Asks the gate and the backend alone for every row: status and error code differ only where it is written down here, with
 * the reason.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { element, freshName, verdict } from '../behaviour/world.ts'
import { type BackendSettings, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import { header, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { ROWS, type Row, type Stand } from './rows.ts'

interface Difference {
  readonly gate: string
  readonly alone: string
  readonly why: string
}

const TAKEN = { gate: '409 BucketAlreadyExists', why: 'it is in another project' } as const
const STRANGER: Difference = { gate: '403 AccessDenied', alone: '200', why: 'it is in another project' }
const REGION: Difference = {
  gate: '400 AuthorizationHeaderMalformed',
  alone: '200',
  why: 'a scope of another region is not for this gate, as at AWS; this backend does not look at it',
}
const DIFFERENCES: Readonly<Record<'ceph' | 'minio', Readonly<Record<string, Difference>>>> = {
  ceph: {
    "CreateBucket: another's": { ...TAKEN, alone: '200' },
    'PutObject: a key too long': {
      gate: '400 KeyTooLongError',
      alone: '400 InvalidObjectName',
      why: "AWS's word for it",
    },
    'UploadPart: number 0': { gate: '400 InvalidArgument', alone: '200', why: 'parts begin at 1' },
    'DeleteObjects: without a digest': {
      gate: '400 InvalidRequest',
      alone: '200',
      why: 'AWS wants one',
    },
    'DeleteObjects: not XML': { gate: '400 MalformedXML', alone: '400', why: "AWS's word for it" },
    'a region that is none': REGION,
    'a stranger': STRANGER,
  },
  minio: {
    "CreateBucket: another's": { ...TAKEN, alone: '409 BucketAlreadyOwnedByYou' },
    'UploadPart: number 0': {
      gate: '400 InvalidArgument',
      alone: '400 InvalidPart',
      why: "AWS's word for it",
    },
    'DeleteObjects: without a digest': {
      gate: '400 InvalidRequest',
      alone: '400 MissingContentMD5',
      why: "AWS's word for it",
    },
    'a region that is none': REGION,
    'a stranger': STRANGER,
    'a method that is none': {
      gate: '405 MethodNotAllowed',
      alone: '400 BadRequest',
      why: "AWS's word for it",
    },
  },
}

export function besideTheBackendAlone(kind: 'ceph' | 'minio', backend: BackendSettings): void {
  describe(`on ${kind}, and ${kind} alone`, () => {
    let gate: Gate
    let through: Party
    let alone: Party
    beforeAll(async () => {
      gate = await Gate.start({ backend })
      const operator = await Operator.of(gate)
      const strangers = await Operator.ofAnotherOrganization(gate, 'strangers')
      const owner = await operator.tenant('owner', ['ObjectStorageFullAccess'])
      const stranger = await strangers.tenant('stranger', ['ObjectStorageFullAccess'])
      through = await party(new URL(gate.endpoint), owner, stranger)
      alone = await party(new URL(backend.endpoint), backend, backend)
    })
    afterAll(() => gate.destroy())

    test.for(ROWS.map((row) => [row.name, row] as const))('%s', async ([name, row]) => {
      const answers = [await through.ask(row), await alone.ask(row)]
      const different = DIFFERENCES[kind][name]
      if (different === undefined) expect(answers[0]).toBe(answers[1])
      else expect(answers).toEqual([different.gate, different.alone])
    })
  })
}

interface Party {
  /** Status and error code. */
  ask(row: Row): Promise<string>
}

async function party({ host, port }: URL, credentials: Credentials, stranger: Credentials): Promise<Party> {
  const kept = new Map<string, string>()
  const [bucket, foreign] = [freshName('beside'), freshName('foreign')]
  const stand: Stand = { host, credentials, stranger, bucket, foreign, kept }
  const made = signed(stranger, { method: 'PUT', target: `/${foreign}` }, { host })
  expect((await send(Number(port), made)).status).toBe(200)
  return {
    async ask({ make, keep }) {
      const response = await send(Number(port), make(stand))
      const value =
        keep?.element !== undefined ? element(response, keep.element) : header(response, keep?.header ?? '')
      if (keep !== undefined) kept.set(keep.as, value ?? '')
      return verdict(response)
    },
  }
}
