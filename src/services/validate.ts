/**
 * Checks of what callers pass in: each fault names the argument and what is expected, and all faults of a call are
 * reported together. An absent (undefined) value passes: what is required is in the types.
 */
import { type ArgumentFault, ServiceError } from './errors.ts'

export interface Checks {
  fault(argumentName: string, reason: ArgumentFault['reason'], helpMessage: string): void
  integer(argumentName: string, value: number, least: number, most: number): void
  /** The name of most records. */
  name(argumentName: string, value: string | undefined): void
  projectName(argumentName: string, value: string | undefined): void
  /** The optional name of a key. */
  keyName(argumentName: string, value: string | undefined): void
  description(argumentName: string, value: string | undefined): void
  tags(argumentName: string, value: readonly string[] | undefined): void
  email(argumentName: string, value: string | undefined): void
  username(argumentName: string, value: string | undefined): void
  /** At most this many characters. */
  length(argumentName: string, value: string | undefined, most: number): void
  /** Free text of a person's record. */
  shortText(argumentName: string, value: string | undefined): void
  /** @throws ServiceError with every fault so far, if there is one */
  done(): void
}

const NAME = /^[a-zA-Z0-9()._\- ]{1,64}$/
const PROJECT_NAME = /^[a-zA-Z0-9._\- ]{1,64}$/
export const USERNAME = /^[a-zA-Z0-9@._-]{2,64}$/
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/

const MAX_DESCRIPTION = 200
const MAX_KEY_NAME = 64
const MAX_TAGS = 10
const MAX_TAG = 64
const MAX_SHORT_TEXT = 200

export function createChecks(): Checks {
  const details: ArgumentFault[] = []
  const fault: Checks['fault'] = (argument_name, reason, help_message) => {
    details.push({ argument_name, reason, help_message })
  }
  const matches =
    (pattern: RegExp, help: string) =>
    (argumentName: string, value: string | undefined): void => {
      if (value === '') fault(argumentName, 'required', help)
      else if (value !== undefined && !pattern.test(value)) fault(argumentName, 'format', help)
    }
  const atMost =
    (length: number) =>
    (argumentName: string, value: string | undefined): void => {
      if (value !== undefined && [...value].length > length) {
        fault(argumentName, 'constraint', `must have at most ${length} characters`)
      }
    }
  return {
    fault,
    integer(argumentName, value, least, most) {
      if (!Number.isInteger(value) || value < least || value > most) {
        fault(argumentName, 'constraint', `must be a whole number from ${least} to ${most}`)
      }
    },
    name: matches(NAME, 'must have 1 to 64 characters out of letters, digits, space and ( ) . _ -'),
    projectName: matches(
      PROJECT_NAME,
      'must have 1 to 64 characters out of letters, digits, space and . _ -',
    ),
    keyName: atMost(MAX_KEY_NAME),
    description: atMost(MAX_DESCRIPTION),
    tags(argumentName, value = []) {
      if (value.length > MAX_TAGS) fault(argumentName, 'constraint', `must be at most ${MAX_TAGS} tags`)
      if (value.some((tag) => tag === '' || [...tag].length > MAX_TAG)) {
        fault(argumentName, 'format', `each tag must have 1 to ${MAX_TAG} characters`)
      }
    },
    length: (argumentName, value, most) => atMost(most)(argumentName, value),
    email: matches(EMAIL, 'must be an e-mail address'),
    username: matches(USERNAME, 'must have 2 to 64 characters out of letters, digits and @ . _ -'),
    shortText: atMost(MAX_SHORT_TEXT),
    done() {
      if (details.length > 0) throw new ServiceError({ type: 'invalid_arguments', details })
    },
  }
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

/** What four digits of a year can say, in UTC: an offset can lead out of it. */
const FIRST_TIME = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * RFC 3339, in milliseconds since the epoch. Beyond the years 0 to 9999 there is none: written as records hold times,
 * it would no longer be of their form, by which they are compared as text.
 * @see https://www.rfc-editor.org/rfc/rfc3339
 */
export function parseTime(text: string): number | undefined {
  const milliseconds = RFC_3339.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN
  return milliseconds >= FIRST_TIME && milliseconds <= LAST_TIME ? milliseconds : undefined
}
