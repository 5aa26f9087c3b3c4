/** Lanes: where the peer's tests run one after the other, each in an empty store, and several lanes side by side. */
import { type Access, runTest, type Verdict } from './program.ts'
import { sweep } from './sweep.ts'

/** Something that answers S3, over an empty store that nobody else uses. */
export interface Stand {
  readonly access: Access
  /** What it can add about a test that failed here. */
  explain?(began: Date): string
  end(): Promise<void>
}

/**
 * A few of the tests give up a request before they have read its answer, and fail if it has not arrived by then. They are
 * run again: in this many tries, one is quick enough.
 */
const TRIES = 20
const GIVEN_UP = /: context canceled$/m

export class Lane {
  readonly #raise: () => Promise<Stand>
  #stand: Stand | undefined

  /** @param raise is asked for a new one when a test has left something that cannot be removed */
  constructor(raise: () => Promise<Stand>) {
    this.#raise = raise
  }

  async run(name: string): Promise<Verdict> {
    for (let tries = 1; ; tries++) {
      const verdict = await this.#once(name)
      if (!GIVEN_UP.test(verdict.said) || tries === TRIES) return verdict
    }
  }

  async end(): Promise<void> {
    const stand = this.#stand
    this.#stand = undefined
    await stand?.end()
  }

  async #once(name: string): Promise<Verdict> {
    this.#stand ??= await this.#raise()
    const { access, explain } = this.#stand
    const began = new Date()
    const { passed, said } = await runTest(name, access)
    const more = passed ? '' : (explain?.(began) ?? '')
    if (!(await sweep(access))) await this.end()
    return { passed, said: `${said}${more}` }
  }
}

/** Lanes for tests that run at once: each test gets one to itself, the next that is free. */
export class Lanes {
  readonly #all: readonly Lane[]
  readonly #idle: Lane[]
  readonly #waiting: ((lane: Lane) => void)[] = []

  constructor(count: number, raise: () => Promise<Stand>) {
    this.#all = Array.from({ length: count }, () => new Lane(raise))
    this.#idle = [...this.#all]
  }

  async run(name: string): Promise<Verdict> {
    const lane = this.#idle.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)))
    try {
      return await lane.run(name)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(lane)
      else next(lane)
    }
  }

  async end(): Promise<void> {
    for (const lane of this.#all) await lane.end()
  }
}
