/**
 * The operator: makes tenants, keys and rules for a test. Through the services in the test's own process, on the gate's
 * store: to the gate that is one more process, as the command line is, and a test does not wait for fifty of those.
 */
import { parseDuration } from '../../src/config/kinds.ts'
import type { Actor } from '../../src/iam/reader.ts'
import { parseResource } from '../../src/iam/restriction-input.ts'
import type { NewRule } from '../../src/services/policies.ts'
import type { Services } from '../../src/services/services.ts'
import type { Gate } from './gate.ts'
import type { Credentials } from './reference-signer.ts'

/** Whom a policy is about, or whose a key is: an id. */
export type Principal =
  | { readonly application: string }
  | { readonly user: string }
  | { readonly group: string }

export interface RuleSettings {
  readonly sets: readonly string[]
  /** Absent: the whole organization. */
  readonly projects?: readonly string[]
  readonly condition?: string
}

export interface KeySettings {
  readonly project?: string
  readonly expires?: string
  readonly operations?: readonly string[]
  readonly resources?: readonly string[]
  readonly regions?: readonly string[]
}

const ACTOR: Actor = { bearer_id: '', ip: '', user_agent: 'test' }

export class Operator {
  readonly gate: Gate
  readonly organizationId: string
  /** The organization's default project. */
  readonly projectId: string
  readonly #services: Services

  private constructor(gate: Gate, services: Services, organizationId: string, projectId: string) {
    this.gate = gate
    this.#services = services
    this.organizationId = organizationId
    this.projectId = projectId
  }

  /** Works in the organization that `serve` made at its first start. */
  static async of(gate: Gate): Promise<Operator> {
    const services = await gate.services()
    const [organization] = (await services.organizations.list({ page_size: 1 })).items
    if (organization === undefined) throw new Error('the gate has made no organization')
    const filters = { organization_id: organization.id }
    const projects = (await services.projects.list({ filters })).items
    const project = projects.find(({ is_default }) => is_default)
    if (project === undefined) throw new Error('the organization has no default project')
    return new Operator(gate, services, organization.id, project.id)
  }

  /** Works in an organization of its own. */
  static async ofAnotherOrganization(gate: Gate, name: string): Promise<Operator> {
    const services = await gate.services()
    const owner = { email: `${name}@example.com` }
    const { organization, project } = await services.organizations.create(ACTOR, { name, owner })
    return new Operator(gate, services, organization.id, project.id)
  }

  async project(name: string): Promise<string> {
    return (await this.#services.projects.create(ACTOR, this.#named(name))).id
  }

  async application(name: string): Promise<string> {
    return (await this.#services.applications.create(ACTOR, this.#named(name))).id
  }

  async user(name: string): Promise<string> {
    const input = { organization_id: this.organizationId, username: name, email: `${name}@example.com` }
    return (await this.#services.users.create(ACTOR, input)).id
  }

  async group(name: string): Promise<string> {
    return (await this.#services.groups.create(ACTOR, this.#named(name))).id
  }

  async policy(principal: Principal, rules: readonly RuleSettings[]): Promise<string> {
    const policy = await this.#services.policies.create(ACTOR, {
      ...this.#named(`policy-${crypto.randomUUID()}`),
      principal: whom(principal),
      rules: rules.map((rule) => this.#rule(rule)),
    })
    return policy.id
  }

  async rule(policy: string, rule: RuleSettings): Promise<string> {
    return (await this.#services.policies.addRule(ACTOR, policy, this.#rule(rule))).id
  }

  async key(bearer: Principal, settings: KeySettings = {}): Promise<Credentials> {
    const { project, expires, operations, resources, regions } = settings
    const limits = [operations, resources, regions]
    const made = await this.#services.keys.create(ACTOR, {
      bearer: whose(bearer),
      default_project_id: project,
      expires_at: expires === undefined ? null : inTime(expires),
      restrictions: limits.every((limit) => limit === undefined)
        ? null
        : {
            operations: operations ?? null,
            tags: null,
            resources: resources?.map(parseResource) ?? null,
            regions: regions ?? null,
          },
    })
    return { accessKey: made.key.access_key, secretKey: made.secret_key.reveal() }
  }

  /** An application with one policy over the given projects, and a key that works in the first of them. */
  async tenant(
    name: string,
    sets: readonly string[],
    projects: readonly string[] = [this.projectId],
    settings: KeySettings & { readonly condition?: string } = {},
  ): Promise<Credentials> {
    const application = await this.application(name)
    const { condition, ...key } = settings
    await this.policy({ application }, [
      { sets, projects, ...(condition === undefined ? {} : { condition }) },
    ])
    return this.key(
      { application },
      { ...(projects[0] === undefined ? {} : { project: projects[0] }), ...key },
    )
  }

  #named(name: string): { readonly organization_id: string; readonly name: string } {
    return { organization_id: this.organizationId, name }
  }

  #rule({ sets, projects, condition }: RuleSettings): NewRule {
    return {
      permission_set_names: sets,
      scope:
        projects === undefined
          ? { kind: 'organization', organization_id: this.organizationId }
          : { kind: 'projects', project_ids: projects },
      condition,
    }
  }
}

function whom(principal: Principal): {
  readonly kind: 'application' | 'user' | 'group'
  readonly id: string
} {
  if ('application' in principal) return { kind: 'application', id: principal.application }
  return 'user' in principal ? { kind: 'user', id: principal.user } : { kind: 'group', id: principal.group }
}

function whose(bearer: Principal): { readonly kind: 'application' | 'user'; readonly id: string } {
  const { kind, id } = whom(bearer)
  if (kind === 'group') throw new Error('a group has no keys')
  return { kind, id }
}

/** @param duration from now, such as `1h` */
function inTime(duration: string): string {
  return new Date(Date.now() + (parseDuration(duration) ?? Number.NaN)).toISOString()
}
