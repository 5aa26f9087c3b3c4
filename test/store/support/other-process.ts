/** Another process, which does to stores as it is told: what a command line or a second gate would be. */
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

export interface OtherProcess {
  /** Opens the store, calls a service, `keys.revoke`, with the operator as actor, and closes the store. */
  call(dataDir: string, method: string, ...args: readonly unknown[]): Promise<unknown>
  /** Holds SQLite's write lock; resolves as soon as it is held. */
  holdWriteLock(dataDir: string, milliseconds: number): Promise<void>
  rotateMasterKey(dataDir: string): Promise<void>
  /** With SIGKILL, at once. */
  kill(): Promise<void>
}

export async function startOtherProcess(): Promise<OtherProcess> {
  const child = spawn(
    resolve('node_modules/.bin/node'),
    [resolve('test/store/support/other-process-main.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (message: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(message)}\n`)
    const reply = await replies.next()
    if (reply.done === true) throw new Error('the other process is gone')
    const parsed = JSON.parse(reply.value) as { readonly result?: unknown; readonly error?: string }
    if (parsed.error !== undefined) throw new Error(parsed.error)
    return parsed.result
  }
  await ask({ kind: 'ready' })
  return {
    call: (dataDir, method, ...args) => ask({ kind: 'call', dataDir, method, args }),
    holdWriteLock: async (dataDir, milliseconds) => {
      await ask({ kind: 'hold', dataDir, milliseconds })
    },
    rotateMasterKey: async (dataDir) => {
      await ask({ kind: 'rotate', dataDir })
    },
    kill: () => killed(child),
  }
}

export function killed(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once('exit', () => done())
    child.kill('SIGKILL')
  })
}
