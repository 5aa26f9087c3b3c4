/**
 * Turns at the one connection that writes: transactions of this process one after the other, each waiting for the
 * write lock of other processes on a timer, never inside SQLite, where it would stop the event loop.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, rollback, type Statements, StoreBusy } from './database.ts'

/** How long to wait before asking for the lock again, in milliseconds. */
const RETRY_MS = 4

export interface WriteQueue {
  /**
   * One transaction: committed when `work` is through, rolled back when it throws.
   * @throws StoreUnavailable where the lock was not to be had within the time-out
   */
  run<T>(work: (statements: Statements) => Promise<T>): Promise<T>
}

export function createWriteQueue(connection: Connection, timeoutMs: number): WriteQueue {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(work) {
      const deadline = performance.now() + timeoutMs
      const turn = last.then(async () => {
        await retryWhileBusy(() => connection.exec('BEGIN IMMEDIATE'), deadline)
        return inTransaction(connection, work)
      })
      last = turn.catch(() => undefined)
      return turn
    },
  }
}

/** @throws StoreBusy where the lock is still held at the deadline, in milliseconds of `performance.now()` */
export async function retryWhileBusy<T>(attempt: () => T, deadline: number): Promise<T> {
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!(error instanceof StoreBusy) || performance.now() >= deadline) throw error
    }
    await sleep(RETRY_MS)
  }
}

async function inTransaction<T>(
  connection: Connection,
  work: (statements: Statements) => Promise<T>,
): Promise<T> {
  const scope = statementsOf(connection)
  try {
    const result = await work(scope.statements)
    scope.end()
    connection.exec('COMMIT')
    return result
  } catch (error) {
    scope.end()
    rollback(connection)
    throw error
  }
}

/** Statements that fail once the transaction is over: what was not awaited must not slip into another one. */
function statementsOf(connection: Connection): { readonly statements: Statements; end(): void } {
  let open = true
  const checked = <A extends readonly unknown[], R>(call: (...args: A) => R) => {
    return (...args: A): R => {
      if (!open) throw new Error('the transaction is over')
      return call(...args)
    }
  }
  return {
    statements: {
      get: checked(connection.get),
      all: checked(connection.all),
      scalar: checked(connection.scalar),
      run: checked(connection.run),
    },
    end: () => {
      open = false
    },
  }
}
