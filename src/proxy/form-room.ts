/**
 * Memory for the files of forms. How long one is shows at its end, behind which there may be more fields; a store wants
 * to know it before. So those that are not long are held until they are whole, as long as there is room.
 */

/** The longest file that is held, in bytes. */
export const LONGEST_HELD = 8 * 1024 * 1024
/** All that are held in one process at once, in bytes. */
const ROOM = 64 * 1024 * 1024

export interface FormRoom {
  /** Whether there is room for so many bytes, which then are taken until they are given back. */
  take(bytes: number): boolean
  giveBack(bytes: number): void
}

/** To be made once in a process. */
export function createFormRoom(): FormRoom {
  let left = ROOM
  return {
    take(bytes) {
      if (bytes > LONGEST_HELD || bytes > left) return false
      left -= bytes
      return true
    },
    giveBack(bytes) {
      left += bytes
    },
  }
}
