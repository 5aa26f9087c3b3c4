/** What a condition may ask about: the request, and the one resource that is being decided. */
import { type Address, canonicalAddress, parseAddress } from '../address.ts'

/** As long as Scaleway's documentation lets a user agent be; what is beyond is cut. */
const MAX_USER_AGENT = 255

export interface ConditionInput {
  readonly ip: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly userAgent: string
  readonly operation: string
  /** Of a list, `''` without one; null: not a list, so the field is absent. */
  readonly prefix: string | null
  /** The bucket; null: none is asked about. */
  readonly name: string | null
  /** `BUCKET/KEY`; null: no single object is asked about. */
  readonly id: string | null
  readonly locality: string | null
}

/** The input, absent fields as CEL's evaluators see them, with what several conditions share worked out once. */
export class ConditionFacts {
  readonly ip: string
  readonly time: number
  readonly userAgent: string
  readonly operation: string
  readonly prefix: string | undefined
  readonly name: string | undefined
  readonly id: string | undefined
  readonly locality: string | undefined
  /** Null: not parsed yet. */
  #address: Address | undefined | null = null

  constructor(input: ConditionInput) {
    this.ip = canonicalAddress(input.ip)
    this.time = input.time
    this.userAgent =
      input.userAgent.length > MAX_USER_AGENT ? input.userAgent.slice(0, MAX_USER_AGENT) : input.userAgent
    this.operation = input.operation
    this.prefix = input.prefix ?? undefined
    this.name = input.name ?? undefined
    this.id = input.id ?? undefined
    this.locality = input.locality ?? undefined
  }

  /** {@link ip} parsed; undefined where it is no address. */
  get address(): Address | undefined {
    if (this.#address === null) this.#address = parseAddress(this.ip)
    return this.#address
  }
}

/** The fields of the variables `request` and `resource`, by the name that conditions use; undefined: absent. */
export const TEXT_FIELDS = {
  'request.ip': (facts: ConditionFacts): string | undefined => facts.ip,
  'request.user_agent': (facts: ConditionFacts): string | undefined => facts.userAgent,
  'request.operation': (facts: ConditionFacts): string | undefined => facts.operation,
  'request.prefix': (facts: ConditionFacts): string | undefined => facts.prefix,
  'resource.name': (facts: ConditionFacts): string | undefined => facts.name,
  'resource.id': (facts: ConditionFacts): string | undefined => facts.id,
  'resource.locality': (facts: ConditionFacts): string | undefined => facts.locality,
} as const

export type TextField = keyof typeof TEXT_FIELDS

/** The one field that is a time. */
export const TIME_FIELD = 'request.time'

export function isTextField(path: string): path is TextField {
  return Object.hasOwn(TEXT_FIELDS, path)
}

/** The longest that a field's value gets, in characters: what bounding the cost of a condition counts with. */
export const MAX_FIELD_LENGTH = 2048
