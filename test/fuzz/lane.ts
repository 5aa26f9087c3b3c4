/** One tenant who sends mutants, one after the other, and compares what came of each with what may come of it. */
import {
  Connection,
  type RawHeaders,
  type RawResponse,
  serialize,
  TornResponse,
} from '../support/raw-http.ts'
import type { RecordedRequest } from '../support/recording-backend.ts'
import { type Base, basesOf, NOTHING, type Tenant } from './bases.ts'
import { idleInputs } from './idle.ts'
import { type Mutant, mutate } from './mutate.ts'
import { foldAll, type Opinion, opinionOf, type Passable } from './oracle.ts'
import { Random } from './random.ts'

/** What a valid request leads to. */
interface Consequence {
  readonly base: Base
  readonly signature: string
  readonly forwarded: RecordedRequest
  readonly response: RawResponse
}

export interface Tally {
  sent: number
  /** Carried out, as they may be. */
  passed: number
  /** Equal to a valid request by the second opinion, and refused: the gate is stricter. */
  stricter: number
  /** How many mutants of each kind of request passed. */
  readonly passedOf: Map<string, number>
}

interface Outstanding {
  readonly asked: Passable
  readonly until: number
}

export interface LaneOptions {
  readonly tenant: Tenant
  readonly port: number
  readonly secrets: ReadonlyMap<string, string>
  readonly seed: number
}

/** Signatures are good for 15 minutes. */
const FRESH_MS = 5 * 60_000
/** On a machine that is busy with other things. */
const PATIENCE_MS = 60_000

/** Mutants that a report tells of. */
const HISTORY = 6

/** Written anew by the gate for each request. */
const VOLATILE = new Set(['authorization', 'x-amz-date', 'host', 'connection', 'content-length'])
/** With these the answer is another one. */
const CONDITIONAL = /^(range|if-)/

export class Violation extends Error {
  override readonly name = 'Violation'
}

export class Lane {
  readonly tally: Tally = { sent: 0, passed: 0, stricter: 0, passedOf: new Map() }
  readonly #options: LaneOptions
  readonly #random: Random
  #connection: Connection | undefined
  #consequences: readonly Consequence[] = []
  #signedAt = 0
  /** Requests for this tenant's bucket that reached the backend whole. */
  #arrived: RecordedRequest[] = []
  /** Asked on connections that are gone, and not there yet. */
  #outstanding: readonly Outstanding[] = []
  /** The last mutants and what was said to them: what is done late is one of theirs. */
  #earlier: readonly string[] = []

  constructor(options: LaneOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
  }

  /** What the backend got for this lane's bucket. */
  arrive(request: RecordedRequest): void {
    this.#arrived.push(request)
  }

  /** @throws Violation */
  async run(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      if (Date.now() - this.#signedAt > FRESH_MS) await this.#sign()
      const bases = this.#consequences.map(({ base }) => base)
      await this.#try(mutate(this.#random.pick(bases), bases, this.#random))
    }
    this.#connection?.close()
  }

  /**
   * Every valid request passes, and leads to one request at the backend; with what means nothing for it among its
   * headers and parameters to the same.
   */
  async #sign(): Promise<void> {
    this.#signedAt = Date.now()
    const consequences = await this.#consequencesOf(basesOf(this.#options.tenant, NOTHING))
    const idle = await this.#consequencesOf(basesOf(this.#options.tenant, idleInputs(this.#random)))
    for (const [i, { base, forwarded }] of idle.entries()) {
      const without = consequences[i]?.forwarded
      if (seen(forwarded) !== (without && seen(without))) {
        throw new Violation(
          `what means nothing changes what is forwarded: ${base.kind}\n${shown(serialize(base.request))}\n${seen(forwarded)}`,
        )
      }
    }
    this.#consequences = [...consequences, ...idle]
  }

  async #consequencesOf(bases: readonly Base[]): Promise<readonly Consequence[]> {
    const consequences: Consequence[] = []
    for (const base of bases) {
      this.#arrived = []
      const response = await this.#exchange(serialize(base.request), {
        methods: [base.request.method],
        clean: true,
      })
      const [forwarded] = this.#arrived
      const { passable } = this.#opinion(serialize(base.request))
      if (
        response === 'torn' ||
        response.status >= 300 ||
        forwarded === undefined ||
        this.#arrived.length > 1
      ) {
        throw new Violation(`a valid request does not pass: ${base.kind}\n${told(response)}`)
      }
      const [asked] = passable
      if (asked === undefined || passable.length > 1) {
        throw new Violation(`the second opinion is wrong about: ${base.kind}`)
      }
      consequences.push({ base, signature: asked.signature, forwarded, response })
    }
    return consequences
  }

  #opinion(bytes: Buffer): Opinion {
    return opinionOf(bytes, this.#options.secrets, Date.now())
  }

  async #try(mutant: Mutant): Promise<void> {
    const opinion = this.#opinion(mutant.bytes)
    this.#arrived = []
    const response = await this.#exchange(mutant.bytes, opinion)
    this.tally.sent += 1
    const arrived = this.#arrived
    const fault = this.#faultOf(arrived, response, opinion)
    if (fault !== undefined) throw new Violation(report(fault, mutant, response, arrived, this.#earlier))
    this.#earlier = [
      ...this.#earlier.slice(1 - HISTORY),
      `${mutant.story}: ${told(response)}\n${shown(mutant.bytes)}`,
    ]
    if (arrived.length > 0) {
      this.tally.passed += 1
      const kind = mutant.story.split(' / ')[0] ?? ''
      this.tally.passedOf.set(kind, (this.tally.passedOf.get(kind) ?? 0) + 1)
    } else if (opinion.passable.length > 0) this.tally.stricter += 1
  }

  /** What is wrong with what came of a request; undefined: nothing. */
  #faultOf(
    arrived: readonly RecordedRequest[],
    response: RawResponse | 'torn',
    { passable, clean }: Opinion,
  ): string | undefined {
    if (passable.length === 0 && response !== 'torn' && response.status < 400) {
      return 'what must be refused was answered as a success'
    }
    const now = Date.now()
    const open = [
      ...passable.map((asked) => ({ asked, until: now + PATIENCE_MS })),
      ...this.#outstanding.filter(({ until }) => until > now),
    ]
    const reasons: string[] = []
    const left = unasked(arrived, open, (request, { asked }) => {
      const own = passable.length === 1 && asked === passable[0] ? response : 'torn'
      const consequence = this.#consequences.find(({ signature }) => signature === asked.signature)
      const difference =
        consequence === undefined ? OTHER_TARGET : differenceFrom(consequence, request, own, asked)
      if (difference !== undefined && difference !== OTHER_TARGET) reasons.push(difference)
      return difference === undefined
    })
    if (left === undefined) {
      return `what was carried out is nothing that may be:\n${[...new Set(reasons)].join('\n')}`
    }
    // What is done for a client that did not wait for its answer may be done a little later.
    this.#outstanding = left.filter(
      ({ asked }) => !(clean && response !== 'torn' && passable.includes(asked)),
    )
    return undefined
  }

  /** @returns the last answer, where there are several */
  async #exchange(
    bytes: Buffer,
    { methods, clean }: Pick<Opinion, 'methods' | 'clean'>,
  ): Promise<RawResponse | 'torn'> {
    if (this.#connection?.ended !== false) this.#connection = await Connection.open(this.#options.port)
    const connection = this.#connection
    // What is no request may be answered all the same; to a HEAD, then, without a body.
    const first = methods[0] ?? bytes.toString('latin1', 0, bytes.indexOf(' '))
    connection.write(bytes)
    // Nothing more will come: who waits for the rest of a request is told so.
    if (!clean) connection.socket.end()
    const timer = setTimeout(() => connection.socket.destroy(new Error('hangs')), PATIENCE_MS)
    const began = Date.now()
    try {
      let response = await connection.response(first)
      if (clean) for (const method of methods.slice(1)) response = await connection.response(method)
      if (!clean || response.headers.some(([name, value]) => name === 'connection' && value === 'close')) {
        this.#drop()
      }
      return response
    } catch (error) {
      this.#drop()
      if (!(error instanceof TornResponse)) throw error
      if (Date.now() - began >= PATIENCE_MS) throw new Violation(`hangs:\n${shown(bytes)}`)
      return 'torn'
    } finally {
      clearTimeout(timer)
    }
  }

  /** By reset, so that a hundred thousand connections do not wait for their end. */
  #drop(): void {
    this.#connection?.socket.resetAndDestroy()
    this.#connection = undefined
  }
}

/**
 * Finds for each request at the backend the one that asked for it, in whatever way that is possible for all of them.
 * @returns what was asked and not carried out; undefined: it is not possible
 */
function unasked(
  arrived: readonly RecordedRequest[],
  open: readonly Outstanding[],
  explains: (request: RecordedRequest, one: Outstanding) => boolean,
): readonly Outstanding[] | undefined {
  const [request, ...others] = arrived
  if (request === undefined) return open
  const same = (one: Outstanding) => Number(one.asked.body.equals(request.body))
  for (const one of open
    .filter((each) => explains(request, each))
    .sort((a, b) => same(b) - same(a) || a.asked.unsigned.length - b.asked.unsigned.length)) {
    const left = unasked(
      others,
      open.filter((other) => other !== one),
      explains,
    )
    if (left !== undefined) return left
  }
  return undefined
}

/** All of a request at the backend that lasts. */
function seen({ method, target, headers, body }: RecordedRequest): string {
  return JSON.stringify([method, target, lasting(headers).toSorted(), body.toString('latin1')])
}

const OTHER_TARGET = 'another target'

/** How a request at the backend differs from what the valid one led to; undefined: it does not. */
function differenceFrom(
  { base, forwarded, response: expected }: Consequence,
  request: RecordedRequest,
  response: RawResponse | 'torn',
  asked: Passable,
): string | undefined {
  if (request.method !== forwarded.method || request.target !== forwarded.target) return OTHER_TARGET
  const added = lasting(request.headers).filter((field) => !includes(lasting(forwarded.headers), field))
  const missing = lasting(forwarded.headers).filter((field) => !includes(lasting(request.headers), field))
  const unexplained = added.filter((field) => !includes(asked.unsigned, field))
  if (unexplained.length > 0) return `${base.kind}: has headers that nobody signed: ${unexplained.join(' ')}`
  const replaced = new Set(added.map(([name]) => name))
  const lost = missing.filter(([name]) => !replaced.has(name) || name.startsWith('x-amz-'))
  if (lost.length > 0) return `${base.kind}: lacks ${lost.join(' ')}`
  if (!sameBody(base, forwarded, request, asked)) return `${base.kind}: another body`
  if (response === 'torn' || asked.unsigned.some(([name]) => CONDITIONAL.test(name))) return undefined
  return response.status === expected.status ? undefined : `${base.kind}: answered ${response.status}`
}

/** Object data is what the second opinion read; a document is what the valid request's became. */
function sameBody(
  base: Base,
  forwarded: RecordedRequest,
  request: RecordedRequest,
  asked: Passable,
): boolean {
  if (request.body.equals(forwarded.body)) return true
  return base.request.method !== 'POST' || forwarded.method === 'PUT'
    ? request.body.equals(asked.body)
    : false
}

/** Lower-case, without what the gate writes anew. Runs of white space are one to a signature, and so they are here. */
function lasting(headers: RawHeaders): RawHeaders {
  return headers
    .map(([name, value]): [string, string] => [name.toLowerCase(), foldAll(value)])
    .filter(([name]) => !VOLATILE.has(name))
}

/** A value as the gate may pass it on: without the envelope that it took off, and, for Ceph, entity tags bare. */
function passedOn(name: string, value: string): string {
  if (name === 'if-match') return value.replaceAll('"', '')
  if (name !== 'content-encoding') return value
  const codings = value.split(',').map((coding) => coding.trim())
  return codings.filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked').join(',')
}

const includes = (list: RawHeaders, [name, value]: RawHeaders[number]) =>
  list.some(([other, given]) => other === name && passedOn(name, given) === passedOn(name, value))

function report(
  fault: string,
  mutant: Mutant,
  response: RawResponse | 'torn',
  arrived: readonly RecordedRequest[],
  earlier: readonly string[],
): string {
  return [
    fault,
    `--- the mutant: ${mutant.story}`,
    shown(mutant.bytes),
    `--- the answer: ${told(response)}`,
    ...arrived.map(
      ({ method, target, headers, body }) =>
        `--- at the backend: ${method} ${target}\n${headers.map((field) => field.join(': ')).join('\n')}\n\n${body.toString('latin1', 0, 500)}`,
    ),
    ...earlier.map((one) => `--- before it: ${one}`),
  ].join('\n')
}

const told = (response: RawResponse | 'torn') =>
  response === 'torn' ? 'none' : `${response.status} ${response.body.toString('utf8').slice(0, 500)}`

/** As a string literal, so that every byte can be told; long bodies cut. */
const shown = (bytes: Buffer) => JSON.stringify(bytes.toString('latin1').slice(0, 2500))
