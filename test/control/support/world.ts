/** A control plane over a store of its own, in this process, and tenants with tokens of every strength. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDispatch } from '../../../src/control/dispatch.ts'
import { type ControlListener, startControlListener } from '../../../src/control/listener.ts'
import { controlRouter } from '../../../src/control/routes.ts'
import { createAttemptThrottle } from '../../../src/control/throttle.ts'
import type { Actor } from '../../../src/iam/reader.ts'
import { SYSTEM_RANDOM } from '../../../src/services/deps.ts'
import { createServices } from '../../../src/services/index.ts'
import type { KeyBearer } from '../../../src/services/keys.ts'
import type { NewRule } from '../../../src/services/policies.ts'
import { type Quotas, UNLIMITED } from '../../../src/services/quotas.ts'
import type { Services } from '../../../src/services/services.ts'
import { openStore } from '../../../src/store/index.ts'
import type { Store } from '../../../src/store/store.ts'
import { createProfileClient } from './sdk.ts'

export const OPERATOR: Actor = { bearer_id: '', ip: '', user_agent: 'test' }

export interface WorldSettings {
  readonly quotas?: Partial<Quotas>
  readonly failedPerMinute?: number
}

/** A key with its secret. */
export interface Token {
  readonly accessKey: string
  readonly secretKey: string
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface Tenant {
  readonly organizationId: string
  readonly projectId: string
  readonly ownerId: string
  /** Of the owner. */
  readonly token: Token
}

export interface World extends Tenant {
  readonly endpoint: string
  readonly services: Services
  readonly store: Store
  readonly router: ReturnType<typeof controlRouter>
  /** The clock, which may be moved. */
  readonly clock: { now: number }
  /** Defects that the listener was told of. */
  readonly alarms: unknown[]
  tenant(name: string): Promise<Tenant>
  /** An application with these rules, and a key of it. */
  application(
    rules: readonly NewRule[],
    tenant?: Tenant,
  ): Promise<{ readonly id: string; readonly token: Token }>
  key(bearer: KeyBearer): Promise<Token>
  /** A request as a program without an SDK sends it. */
  call(token: Token | string | null, method: string, path: string, body?: unknown): Promise<RawAnswer>
  sdk(token: Token, tenant?: Tenant): ReturnType<typeof createProfileClient>
  close(): Promise<void>
}

export const organizationWide = (
  tenant: Pick<Tenant, 'organizationId'>,
  ...sets: readonly string[]
): NewRule => ({
  permission_set_names: sets,
  scope: { kind: 'organization', organization_id: tenant.organizationId },
})

export const inProject = (projectId: string, ...sets: readonly string[]): NewRule => ({
  permission_set_names: sets,
  scope: { kind: 'projects', project_ids: [projectId] },
})

export async function startWorld({
  quotas = {},
  failedPerMinute = 1_000_000,
}: WorldSettings = {}): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 's3warden-control-'))
  const clock = { now: Date.parse('2030-01-01T00:00:00.000Z') }
  // Every look at it is a little later, so that creation times tell an order.
  const now = () => clock.now++
  const store = await openStore({ dataDir, now })
  const limits = { ...UNLIMITED, ...quotas }
  const services = createServices({ store, now, random: SYSTEM_RANDOM, quotas: limits })
  const router = controlRouter('0.0.0')
  const alarms: unknown[] = []
  const throttle = createAttemptThrottle({ perMinute: failedPerMinute, sources: 100 }, now)
  const listener: ControlListener = await startControlListener(
    {
      host: '127.0.0.1',
      port: 0,
      tls: null,
      maxHeaderBytes: 32_768,
      headersTimeoutMs: 30_000,
      keepAliveTimeoutMs: 5_000,
      stallTimeoutMs: 60_000,
    },
    {
      dispatch: createDispatch({ router, services, quotas: limits, throttle, random: SYSTEM_RANDOM, now }),
      trustedProxies: () => [],
      report: () => undefined,
      alarm: (_id, error) => alarms.push(error),
    },
  )

  const key = async (bearer: KeyBearer): Promise<Token> => {
    const made = await services.keys.create(OPERATOR, { bearer })
    return { accessKey: made.key.access_key, secretKey: made.secret_key.reveal() }
  }
  const tenant = async (name: string): Promise<Tenant> => {
    const { organization, owner, project } = await services.organizations.create(OPERATOR, {
      name,
      owner: { email: `${name}@example.com` },
    })
    return {
      organizationId: organization.id,
      projectId: project.id,
      ownerId: owner.id,
      token: await key({ kind: 'user', id: owner.id }),
    }
  }
  const first = await tenant('acme')
  let applications = 0

  return {
    ...first,
    endpoint: listener.endpoint,
    services,
    store,
    router,
    clock,
    alarms,
    tenant,
    key,
    async application(rules, { organizationId } = first) {
      const name = `application-${applications++}`
      const application = await services.applications.create(OPERATOR, {
        organization_id: organizationId,
        name,
      })
      const principal: KeyBearer = { kind: 'application', id: application.id }
      if (rules.length > 0) {
        await services.policies.create(OPERATOR, { organization_id: organizationId, name, principal, rules })
      }
      return { id: application.id, token: await key(principal) }
    },
    async call(token, method, path, body) {
      const secret = typeof token === 'string' ? token : token?.secretKey
      const response = await fetch(`${listener.endpoint}${path}`, {
        method,
        headers: {
          ...(secret === undefined ? {} : { 'X-Auth-Token': secret }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? null : JSON.parse(text),
      }
    },
    sdk: (token, { organizationId, projectId } = first) =>
      createProfileClient({ endpoint: listener.endpoint, ...token, organizationId, projectId }),
    async close() {
      await listener.drain(0)
      store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
