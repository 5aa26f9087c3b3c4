/** First steps: what a newcomer needs to use the gate at all, created where it is missing. */
import type { Application, Organization } from '../iam/model.ts'
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'
import { type ServiceDeps, timestamp } from './deps.ts'
import { found } from './errors.ts'
import type { Services } from './services.ts'

export interface BootstrapResult {
  readonly organization_id: string
  readonly project_id: string
  readonly application_id: string
  readonly access_key: string
  /** Only when the key has just been made. */
  readonly secret_key: Secret | null
}

export interface Bootstrap {
  /** True where there is no organization. */
  storeIsEmpty(): Promise<boolean>
  /**
   * An organization with its owner and default project, an application `bootstrap` with a policy
   * (ObjectStorageFullAccess on that project) and a key: each created only where it is missing, all in one transaction.
   */
  run(actor: Actor): Promise<BootstrapResult>
}

const ORGANIZATION = 'default'
const OWNER = 'owner@localhost'
const NAME = 'bootstrap'
const FIRST = { order_by: 'created_at_asc', page: 1, page_size: 1 } as const

/** @param inTransaction the services over one transaction */
export function createBootstrap(deps: ServiceDeps, inTransaction: Services['inTransaction']): Bootstrap {
  const { organizations } = deps.store.repositories
  return {
    async storeIsEmpty() {
      const { total_count } = await organizations.list({ ...FIRST, filters: {} })
      return total_count === 0
    },
    run: (actor) =>
      inTransaction(actor, async (services) => {
        const organization = await firstOrganization(services, actor)
        const filters = { organization_id: organization.id, is_default: true }
        const project = (await services.projects.list({ ...FIRST, filters })).items[0]
        const project_id = found(project, 'organization', organization.id).id
        const application = await bootstrapApplication(services, actor, organization)
        await ensurePolicy(services, actor, application, project_id)
        const key = await ensureKey(services, actor, application, timestamp(deps.now()))
        return { organization_id: organization.id, project_id, application_id: application.id, ...key }
      }),
  }
}

async function firstOrganization(services: Services, actor: Actor): Promise<Organization> {
  const { items } = await services.organizations.list(FIRST)
  if (items[0] !== undefined) return items[0]
  const made = await services.organizations.create(actor, { name: ORGANIZATION, owner: { email: OWNER } })
  return made.organization
}

async function bootstrapApplication(
  services: Services,
  actor: Actor,
  { id: organization_id }: Organization,
): Promise<Application> {
  const { items } = await services.applications.list({ ...FIRST, filters: { organization_id, name: NAME } })
  return (
    items[0] ??
    services.applications.create(actor, {
      organization_id,
      name: NAME,
      description: 'made by s3warden bootstrap',
    })
  )
}

async function ensurePolicy(
  services: Services,
  actor: Actor,
  { id, organization_id }: Application,
  projectId: string,
): Promise<void> {
  const { items } = await services.policies.list({ ...FIRST, filters: { application_ids: [id], name: NAME } })
  if (items.length > 0) return
  await services.policies.create(actor, {
    organization_id,
    name: NAME,
    description: 'made by s3warden bootstrap',
    principal: { kind: 'application', id },
    rules: [
      {
        permission_set_names: ['ObjectStorageFullAccess'],
        scope: { kind: 'projects', project_ids: [projectId] },
      },
    ],
  })
}

/** Any key of the application that has not expired will do. */
async function ensureKey(
  services: Services,
  actor: Actor,
  { id }: Application,
  at: string,
): Promise<Pick<BootstrapResult, 'access_key' | 'secret_key'>> {
  const filters = { bearer_ids: [id], expiry: { expired: false, at } }
  const { items } = await services.keys.list({ ...FIRST, filters })
  if (items[0] !== undefined) return { access_key: items[0].access_key, secret_key: null }
  const { key, secret_key } = await services.keys.create(actor, {
    bearer: { kind: 'application', id },
    name: NAME,
  })
  return { access_key: key.access_key, secret_key }
}
