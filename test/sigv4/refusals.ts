/** Catches the one exception type, so that a test can say exactly what a client would see. */
import { S3Error } from '../../src/s3/error.ts'

export interface Refusal {
  readonly code: string
  readonly status: number
  readonly message: string
  readonly elements: Readonly<Record<string, string>>
}

/** What `act` refuses with; fails the test where it does not throw an S3Error. */
export function refusalOf(act: () => unknown): Refusal {
  try {
    act()
  } catch (error) {
    if (!(error instanceof S3Error)) throw error
    const { code, status, message } = error
    return { code, status, message, elements: Object.fromEntries(error.elements) }
  }
  throw new Error('nothing was refused')
}
