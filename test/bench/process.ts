/**
 * A program under measurement: started, waited for, and asked by the kernel what it has used. CPU time is read from
 * `/proc/PID/task/TID/schedstat`, to the nanosecond and over all threads; a program's worker processes count with it.
 *
 * https://www.kernel.org/doc/html/latest/scheduler/sched-stats.html
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'

export interface ProgramSettings {
  readonly command: string
  readonly args: readonly string[]
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>
  /** It is up when it takes connections here, on loopback. */
  readonly port: number
  /** Where its output goes. */
  readonly output: string
}

export interface Program {
  readonly port: number
  /** It and its children. */
  pids(): readonly number[]
  /** CPU time that it and its children have used so far, in nanoseconds. */
  cpu(): number
  /** Resident memory of it and its children, in bytes. */
  resident(): number
  stop(): Promise<void>
}

const START_MS = 60_000

/** @throws Error where it ends instead of listening */
export async function startProgram(settings: ProgramSettings): Promise<Program> {
  const output = openSync(settings.output, 'a')
  const child = spawn(settings.command, settings.args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...settings.env },
  })
  closeSync(output)
  const exit = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await listening(child, settings)
  const pids = () => withChildren(child.pid!)
  return {
    port: settings.port,
    pids,
    cpu: () => pids().reduce((sum, pid) => sum + cpuOf(pid), 0),
    resident: () => pids().reduce((sum, pid) => sum + residentOf(pid), 0),
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await exit
      clearTimeout(late)
    },
  }
}

async function listening(child: ChildProcess, { command, port, output }: ProgramSettings): Promise<void> {
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  child.once('exit', (code, signal) => {
    failure = `ended (${signal ?? code})`
  })
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; ) {
    if (failure !== undefined) throw new Error(`${command}: ${failure}\n${readFileSync(output, 'utf8')}`)
    if (await accepts(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`${command} does not listen on port ${port}\n${readFileSync(output, 'utf8')}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function withChildren(pid: number): readonly number[] {
  const found = [pid]
  for (const parent of found) {
    const text = readOrEmpty(`/proc/${parent}/task/${parent}/children`)
    for (const child of text.split(' ')) if (child.trim() !== '') found.push(Number(child))
  }
  return found
}

function cpuOf(pid: number): number {
  let sum = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readOrEmpty(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0])
  }
  return sum
}

function residentOf(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? '0'
  return Number(kib) * 1024
}

/** What has just ended has used nothing any more. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
