/**
 * Two tenants at work: objects written over and deleted, in one piece and in parts, and buckets made, both wanting the
 * same names. It remembers what was acknowledged and what was merely asked for, and can say at any later time whether
 * what is there is one of the states that may be there.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { element, elements, verdict } from '../behaviour/world.ts'
import { header, type RawResponse, send } from '../support/raw-http.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type S3Request, signed } from '../support/s3-request.ts'

/** What may be found under a name: the last state that was acknowledged, and those that were asked for since. */
interface Possible<State> {
  acknowledged: State
  readonly asked: Set<State>
}

export interface TenantSettings {
  readonly name: string
  readonly credentials: Credentials
}

interface Tenant extends TenantSettings {
  /** Its own bucket, there from the start. */
  readonly bucket: string
  /** Key → SHA-256 of what is there, or null. */
  readonly objects: Map<string, Possible<string | null>>
  /** Bucket → whether it is this tenant's. */
  readonly buckets: Map<string, Possible<boolean>>
}

const PART = 5 * 1024 * 1024
const WRITERS = 3

export class Workload {
  readonly #tenants: readonly Tenant[]
  readonly #port: () => number
  #running: Promise<void>[] = []
  #stopped = true
  #round = 0
  /** Acknowledged changes that were found again. */
  found = { objects: 0, buckets: 0 }

  /** @param port of the gate as it is at that moment */
  constructor(tenants: readonly TenantSettings[], port: () => number) {
    this.#port = port
    this.#tenants = tenants.map((tenant) => ({
      ...tenant,
      bucket: `own-${tenant.name}`,
      objects: new Map(),
      buckets: new Map(),
    }))
  }

  async prepare(): Promise<void> {
    for (const tenant of this.#tenants) {
      expect(verdict(await this.#ask(tenant, { method: 'PUT', target: `/${tenant.bucket}` }))).toBe('200')
    }
  }

  start(): void {
    this.#stopped = false
    this.#round += 1
    const names = Array.from({ length: 200 }, (_, i) => `shared-${this.#round}-${i}`)
    this.#running = this.#tenants.flatMap((tenant) => [
      ...Array.from({ length: WRITERS }, (_, writer) => this.#until(() => this.#write(tenant, writer))),
      this.#makeBuckets(tenant, names),
    ])
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }

  /** Everything acknowledged is there, nothing else is, nothing is half there, and nobody has what is another's. */
  async verify(): Promise<void> {
    for (const tenant of this.#tenants) {
      await this.#verifyObjects(tenant)
      await this.#verifyBuckets(tenant)
    }
    for (const name of new Set(this.#tenants.flatMap(({ buckets }) => [...buckets.keys()]))) {
      const owners = this.#tenants.filter(({ buckets }) => buckets.get(name)?.acknowledged === true)
      expect(owners.length, `owners of ${name}`).toBeLessThan(2)
    }
  }

  async #verifyObjects(tenant: Tenant): Promise<void> {
    const others = this.#tenants.filter((other) => other !== tenant)
    for (const [key, possible] of tenant.objects) {
      const target = `/${tenant.bucket}/${key}`
      const response = await this.#ask(tenant, { method: 'GET', target })
      expect([200, 404], `GET ${target}: ${verdict(response)}`).toContain(response.status)
      const there = response.status === 404 ? null : digest(response.body)
      expect([possible.acknowledged, ...possible.asked], target).toContain(there)
      if (there !== null && there === possible.acknowledged) this.found.objects += 1
      settle(possible, there)
      for (const other of others) expect((await this.#ask(other, { method: 'GET', target })).status).toBe(403)
    }
  }

  async #verifyBuckets(tenant: Tenant): Promise<void> {
    const listed = await this.#list(tenant)
    expect(listed).toContain(tenant.bucket)
    for (const [name, possible] of tenant.buckets) {
      const response = await this.#ask(tenant, { method: 'HEAD', target: `/${name}` })
      expect([200, 403, 404, 409], `HEAD ${name}`).toContain(response.status)
      const owned = response.status === 200
      expect([possible.acknowledged, ...possible.asked], `whether ${tenant.name} owns ${name}`).toContain(
        owned,
      )
      if (owned) {
        if (possible.acknowledged) this.found.buckets += 1
        await this.#use(tenant, name)
      } else if (possible.asked.has(true)) {
        // An attempt that nobody finished is taken up again, or the name is another's by now.
        const again = await this.#ask(tenant, { method: 'PUT', target: `/${name}` })
        expect(['200', '409 BucketAlreadyExists'], `PUT ${name}: ${verdict(again)}`).toContain(verdict(again))
        settle(possible, again.status === 200)
        continue
      }
      settle(possible, owned)
    }
    const mine = [...tenant.buckets].filter(([, { acknowledged }]) => acknowledged).map(([name]) => name)
    expect((await this.#list(tenant)).toSorted()).toEqual([tenant.bucket, ...mine].toSorted())
  }

  /** A bucket that is there can be written to and read. */
  async #use(tenant: Tenant, bucket: string): Promise<void> {
    const target = `/${bucket}/k`
    expect(verdict(await this.#ask(tenant, { method: 'PUT', target, body: tenant.name }))).toBe('200')
    expect((await this.#ask(tenant, { method: 'GET', target })).body.toString()).toBe(tenant.name)
  }

  async #list(tenant: Tenant): Promise<readonly string[]> {
    return elements(await this.#ask(tenant, { method: 'GET', target: '/' }), 'Name')
  }

  async #until(work: () => Promise<void>): Promise<void> {
    while (!this.#stopped) await work()
  }

  async #write(tenant: Tenant, writer: number): Promise<void> {
    const key = `${writer}-${randomInt(4)}`
    const possible = tenant.objects.get(key) ?? { acknowledged: null, asked: new Set() }
    tenant.objects.set(key, possible)
    const kind = randomInt(12)
    const first = randomBytes(kind === 0 ? PART : randomInt(kind < 4 ? 400_000 : 3_000))
    const last = randomBytes(randomInt(1, 1000))
    const target = `/${tenant.bucket}/${key}`
    const state = kind === 1 ? null : digest(kind === 0 ? Buffer.concat([first, last]) : first)
    possible.asked.add(state)
    const done = await this.#done(async () => {
      if (kind === 0) return this.#putInParts(tenant, target, [first, last])
      return this.#ask(
        tenant,
        kind === 1 ? { method: 'DELETE', target } : { method: 'PUT', target, body: first },
      )
    })
    if (done !== undefined && done.status < 300) settle(possible, state)
    else await pause(20)
  }

  async #putInParts(tenant: Tenant, target: string, parts: readonly Buffer[]): Promise<RawResponse> {
    const id = element(await this.#ask(tenant, { method: 'POST', target: `${target}?uploads` }), 'UploadId')
    let listed = ''
    for (const [index, body] of parts.entries()) {
      const part = await this.#ask(tenant, {
        method: 'PUT',
        target: `${target}?partNumber=${index + 1}&uploadId=${id}`,
        body,
      })
      if (part.status !== 200) return part
      listed += `<Part><PartNumber>${index + 1}</PartNumber><ETag>${header(part, 'etag')}</ETag></Part>`
    }
    return this.#ask(tenant, {
      method: 'POST',
      target: `${target}?uploadId=${id}`,
      body: `<CompleteMultipartUpload>${listed}</CompleteMultipartUpload>`,
    })
  }

  async #makeBuckets(tenant: Tenant, names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.#stopped) return
      const possible: Possible<boolean> = { acknowledged: false, asked: new Set([true]) }
      tenant.buckets.set(name, possible)
      const done = await this.#done(() => this.#ask(tenant, { method: 'PUT', target: `/${name}` }))
      if (done?.status === 200) settle(possible, true)
      else if (done !== undefined && verdict(done) === '409 BucketAlreadyExists') settle(possible, false)
      await pause(10)
    }
  }

  /** Undefined: whoever was asked is gone. An answer may still say that the outcome is not known. */
  async #done(work: () => Promise<RawResponse>): Promise<RawResponse | undefined> {
    try {
      return await work()
    } catch {
      return undefined
    }
  }

  #ask(tenant: TenantSettings, request: S3Request): Promise<RawResponse> {
    const port = this.#port()
    return send(port, signed(tenant.credentials, request, { host: `127.0.0.1:${port}` }))
  }
}

function settle<State>(possible: Possible<State>, state: State): void {
  possible.acknowledged = state
  possible.asked.clear()
}

const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex')
