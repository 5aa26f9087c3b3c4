/**
 * The credential of a SigV4 signature: access key and scope, `KEY/yyyyMMdd/REGION/SERVICE/aws4_request`.
 *
 * The same credential arrives in a header, a query parameter or a form field, and AWS words what is wrong with it
 * differently in each: {@link CredentialPlace}.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
import { type ErrorElements, S3Error } from '../s3/error.ts'
import { type AccessKeyReference, parseAccessKey } from './access-key.ts'

export const TERMINAL = 'aws4_request'

export interface Credential extends AccessKeyReference {
  /** All of it, its `@` decoded. */
  readonly given: string
  /** The key part with its project: what an error may repeat. */
  readonly givenKey: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly terminal: string
}

/** Where a credential was found. */
export type CredentialPlace = 'header' | 'query' | 'form'

export type Regions = Pick<ReadonlySet<string>, 'has'>

/** Which scopes this gate answers to. */
export interface ScopeRules {
  /** `s3`; test vectors have their own. */
  readonly service: string
  /** Every region that may stand in a scope. */
  readonly regions: Regions
  /** The one that the error for a wrong region names. */
  readonly region: string
}

/**
 * Rules for a gate with these regions, the first of which is its own. `us-east-1` and `US` (s3cmd's default) are always
 * accepted beside them: clients set up as the vendors' pages say sign with them.
 */
export function scopeRules(regions: readonly [string, ...string[]]): ScopeRules {
  return { service: 's3', regions: new Set([...regions, 'us-east-1', 'US']), region: regions[0] }
}

/** Splits a credential. Undefined where it has not five parts, or its key is none; the scope is not judged here. */
export function parseCredential(text: string): Credential | undefined {
  const parts = text.split('/')
  if (parts.length !== 5) return undefined
  const [givenKey, date, region, service, terminal] = parts as [string, string, string, string, string]
  const key = parseAccessKey(givenKey)
  if (key === undefined) return undefined
  return { ...key, given: text, givenKey, date, region, service, terminal }
}

/** {@link parseCredential}, then the scope is judged. @throws S3Error in the words of `place` */
export function requireCredential(text: string, place: CredentialPlace, rules: ScopeRules): Credential {
  const credential = parseCredential(text)
  if (credential === undefined) throw malformedCredential(text, place)
  checkScope(credential, place, rules)
  return credential
}

/** @throws S3Error in the words of `place` for the first, in AWS's order, of terminal, service, region and date that is not ours */
export function checkScope(credential: Credential, place: CredentialPlace, rules: ScopeRules): void {
  const { date, region, service, terminal, given } = credential
  const fault = FAULT[place]
  if (terminal !== TERMINAL) {
    throw fault(`incorrect terminal "${terminal}". This endpoint uses "${TERMINAL}".`, given, [])
  }
  if (service !== rules.service) {
    throw fault(`incorrect service "${service}". This endpoint belongs to "${rules.service}".`, given, [])
  }
  if (!rules.regions.has(region)) {
    const quote = REGION_QUOTE[place]
    throw fault(
      `the region ${quote}${region}${quote} is wrong; expecting ${quote}${rules.region}${quote}`,
      given,
      [['Region', rules.region]],
    )
  }
  if (!isScopeDate(date)) {
    throw fault(
      `incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`,
      given,
      [],
    )
  }
}

/** The scope as it stands in a string to sign. */
export function scopeOf(credential: Pick<Credential, 'date' | 'region' | 'service'>): string {
  return `${credential.date}/${credential.region}/${credential.service}/${TERMINAL}`
}

/** The refusal of a credential that cannot be split, or whose key is no key. */
export function malformedCredential(given: string, place: CredentialPlace): S3Error {
  return FAULT[place](
    'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    given,
    [],
  )
}

/** AWS quotes the region with ' in headers and forms, and with " in query strings. */
const REGION_QUOTE: Record<CredentialPlace, string> = { header: "'", query: '"', form: "'" }

const FAULT: Record<CredentialPlace, (text: string, given: string, elements: ErrorElements) => S3Error> = {
  header: (text, _given, elements) =>
    new S3Error('AuthorizationHeaderMalformed', {
      message: `The authorization header is malformed; ${text}`,
      elements,
    }),
  query: (text, _given, elements) =>
    new S3Error('AuthorizationQueryParametersError', {
      message: `Error parsing the X-Amz-Credential parameter; ${text}`,
      elements,
    }),
  form: (text, given, elements) =>
    new S3Error('InvalidArgument', {
      message: text,
      elements: [['ArgumentName', 'X-Amz-Credential'], ['ArgumentValue', given], ...elements],
    }),
}

/** Eight digits that name a day. */
function isScopeDate(text: string): boolean {
  if (text.length !== 8) return false
  for (let i = 0; i < 8; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  const month = Number(text.slice(4, 6))
  const day = Number(text.slice(6, 8))
  return month >= 1 && month <= 12 && day >= 1 && day <= 31
}
