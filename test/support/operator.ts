/** The operator at the command line: makes tenants, keys and rules for a test, and takes them away. */
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

interface Identified {
  readonly id: string
}

interface KeyRecord {
  readonly access_key: string
  readonly secret_key: string
}

export class Operator {
  readonly gate: Gate
  readonly organizationId: string
  /** The organization's default project. */
  readonly projectId: string

  private constructor(gate: Gate, organizationId: string, projectId: string) {
    this.gate = gate
    this.organizationId = organizationId
    this.projectId = projectId
  }

  /** Works in the organization that `serve` made at its first start. */
  static async of(gate: Gate): Promise<Operator> {
    const made = await gate.json<{ organization_id: string; project_id: string }>(['bootstrap'])
    return new Operator(gate, made.organization_id, made.project_id)
  }

  /** Works in an organization of its own. */
  static async ofAnotherOrganization(gate: Gate, name: string): Promise<Operator> {
    const made = await gate.json<Identified & { default_project_id: string }>([
      'org',
      'create',
      name,
      '--owner-email',
      `${name}@example.com`,
    ])
    return new Operator(gate, made.id, made.default_project_id)
  }

  async project(name: string): Promise<string> {
    return this.#create('project', [name])
  }

  async application(name: string): Promise<string> {
    return this.#create('app', [name])
  }

  async user(name: string): Promise<string> {
    return this.#create('user', [`${name}@example.com`, '--username', name])
  }

  async group(name: string): Promise<string> {
    return this.#create('group', [name])
  }

  async policy(principal: Principal, [first, ...rest]: readonly RuleSettings[]): Promise<string> {
    const [[kind, id] = []] = Object.entries(principal)
    const policy = await this.#create('policy', [
      `policy-${crypto.randomUUID()}`,
      `--${kind}`,
      id ?? '',
      ...(first === undefined ? [] : grant(first, '--organization-scope')),
    ])
    for (const rule of rest) await this.rule(policy, rule)
    return policy
  }

  async rule(policy: string, rule: RuleSettings): Promise<string> {
    const made = await this.gate.json<Identified>([
      'rule',
      'create',
      policy,
      ...grant(rule, '--organization'),
    ])
    return made.id
  }

  async key(bearer: Principal, settings: KeySettings = {}): Promise<Credentials> {
    const [[kind, id] = []] = Object.entries(bearer)
    const { project, expires, operations = [], resources = [], regions = [] } = settings
    const record = await this.gate.json<KeyRecord>([
      'key',
      'create',
      `--${kind}`,
      id ?? '',
      ...(project === undefined ? [] : ['--project', project]),
      ...(expires === undefined ? [] : ['--expires', expires]),
      ...operations.flatMap((operation) => ['--operation', operation]),
      ...resources.flatMap((resource) => ['--resource', resource]),
      ...regions.flatMap((region) => ['--region', region]),
    ])
    return { accessKey: record.access_key, secretKey: record.secret_key }
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

  async #create(noun: string, settings: readonly string[]): Promise<string> {
    const record = await this.gate.json<Identified>([
      noun,
      'create',
      '--organization',
      this.organizationId,
      ...settings,
    ])
    return record.id
  }
}

function grant({ sets, projects, condition }: RuleSettings, wholeOrganization: string): readonly string[] {
  return [
    ...sets.flatMap((set) => ['--permission-set', set]),
    ...(projects?.flatMap((project) => ['--project', project]) ?? [wholeOrganization]),
    ...(condition === undefined ? [] : ['--condition', condition]),
  ]
}
