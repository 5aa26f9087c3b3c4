/**
 * A secret as a type: it prints as `[secret]` wherever it may end up (logs, JSON, errors, inspection),
 * and there is one way to its text.
 */
import { inspect } from 'node:util'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Every caller of this is a place to review. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
