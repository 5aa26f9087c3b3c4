/** Ceph RGW for the tests of one run: started once, by vitest's global set-up, with `ceph.sh`. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { BackendSettings } from './gate.ts'
import { freePorts } from './ports.ts'
import { run } from './run.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Null where Ceph is not installed. */
    ceph: BackendSettings | null
    /** What `ceph.sh` needs to find it again. */
    cephEnvironment: Readonly<Record<string, string>>
  }
}

const SCRIPT = resolve('test/support/ceph.sh')
const PROGRAMS = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph', 'radosgw-admin', 'monmaptool']

/** Vitest's global set-up: starts Ceph, and returns how to end it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = PROGRAMS.filter((name) => !existsSync(`/usr/bin/${name}`))
  if (missing.length > 0) {
    if (process.env.CI === 'true') throw new Error(`missing: ${missing.join(', ')}`)
    project.provide('ceph', null)
    project.provide('cephEnvironment', {})
    return async () => {}
  }
  const directory = await mkdtemp(join(tmpdir(), 's3warden-ceph-'))
  const [rgwPort, monPort] = await freePorts(2)
  const credentials = { accessKey: 'cephadmin', secretKey: 'ceph-admin-secret-key' }
  const env = {
    PATH: process.env.PATH ?? '',
    CEPH_DIR: directory,
    RGW_PORT: String(rgwPort),
    MON_PORT: String(monPort),
    S3_ACCESS_KEY: credentials.accessKey,
    S3_SECRET_KEY: credentials.secretKey,
  }
  const end = async () => {
    await run(SCRIPT, ['wipe'], { env })
    await rm(directory, { recursive: true, force: true })
  }
  const started = await run(SCRIPT, ['start'], { env, timeout: 180_000 })
  if (started.code !== 0) {
    await end()
    throw new Error(`Ceph did not start:\n${started.stdout}${started.stderr}`)
  }
  project.provide('cephEnvironment', env)
  project.provide('ceph', {
    ...credentials,
    endpoint: `http://127.0.0.1:${rgwPort}`,
    region: 'default',
    kind: 'ceph',
  })
  return end
}
