/**
 * Large buffers that connections borrow while a long answer comes in. There are so many and no more: clients that stop
 * reading keep what was read for them, and a thousand of them must not keep a large buffer each.
 */

import type { ReadBuffers } from '../../read-buffers.ts'

export const LARGE_BYTES = 256 * 1024
/** Lent at once, per endpoint. A client that stalls keeps up to four more that wait to be written. */
const MOST = 40

export class LargeBuffers {
  #lent = 0
  readonly #unused: Buffer[] = []
  readonly #readBuffers: ReadBuffers

  constructor(readBuffers: ReadBuffers) {
    this.#readBuffers = readBuffers
  }

  /** @returns null: all are lent */
  borrow(): Buffer | null {
    if (this.#lent === MOST) return null
    this.#lent += 1
    return this.#unused.pop() ?? Buffer.allocUnsafeSlow(LARGE_BYTES)
  }

  /** One for a borrowed one that is still to be written, and that nobody gives back. */
  replace(): Buffer {
    this.#readBuffers.used(LARGE_BYTES)
    return Buffer.allocUnsafeSlow(LARGE_BYTES)
  }

  /** Nobody reads it, or into it, any more. */
  giveBack(buffer: Buffer): void {
    this.#lent -= 1
    this.#unused.push(buffer)
  }
}
