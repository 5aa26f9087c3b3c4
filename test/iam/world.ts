/** Principals, policies and facts for tests of decisions, each complete and overridable in part. */

import type { Principal, RequestFacts, RequiredAccess } from '../../src/iam/evaluate.ts'
import { compileGrants } from '../../src/iam/grants.ts'
import type { AccessKey, Policy, Project, Restrictions, Rule } from '../../src/iam/model.ts'
import type { Bearer } from '../../src/iam/reader.ts'
import { compileRestrictions } from '../../src/iam/restrictions.ts'
import { Secret } from '../../src/iam/secret.ts'

export const ORGANIZATION = '00000000-0000-4000-8000-000000000001'
export const OTHER_ORGANIZATION = '00000000-0000-4000-8000-000000000002'
export const PROJECT = '00000000-0000-4000-8000-000000000011'
export const OTHER_PROJECT = '00000000-0000-4000-8000-000000000012'
export const NOW = Date.parse('2026-07-01T12:00:00.000Z')

const AT = '2026-01-01T00:00:00.000Z'

export function project(over: Partial<Project> = {}): Project {
  return {
    id: PROJECT,
    organization_id: ORGANIZATION,
    name: 'default',
    description: '',
    is_default: true,
    backend_id: null,
    max_buckets: null,
    created_at: AT,
    updated_at: AT,
    ...over,
  }
}

export function restrictions(over: Partial<Restrictions> = {}): Restrictions {
  return { operations: null, tags: null, resources: null, regions: null, ...over }
}

export function rule(permission_set_names: readonly string[], over: Partial<Rule> = {}): Rule {
  return {
    id: 'rule',
    permission_set_names,
    project_ids: over.organization_id === undefined ? [PROJECT] : null,
    organization_id: null,
    condition: '',
    ...over,
  }
}

export function policy(rules: readonly Rule[], over: Partial<Policy> = {}): Policy {
  return {
    id: 'policy',
    organization_id: ORGANIZATION,
    name: 'policy',
    description: '',
    tags: [],
    user_id: null,
    group_id: null,
    application_id: 'app',
    rules,
    created_at: AT,
    updated_at: AT,
    ...over,
  }
}

export interface PrincipalParts {
  readonly policies?: readonly (readonly Policy[])[]
  readonly bearer?: Partial<Bearer>
  readonly restrictions?: Restrictions | null
  readonly expires_at?: string | null
  readonly project?: Partial<Project>
}

export function principal(parts: PrincipalParts = {}): Principal {
  const expires_at = parts.expires_at ?? null
  const record: AccessKey = {
    access_key: 'SCW00000000000000000',
    name: '',
    description: '',
    organization_id: ORGANIZATION,
    user_id: null,
    application_id: 'app',
    default_project_id: PROJECT,
    restrictions: parts.restrictions ?? null,
    parent_access_key: null,
    imported: false,
    expires_at,
    creation_ip: '',
    created_at: AT,
    updated_at: AT,
  }
  return {
    key: {
      record,
      secret: new Secret('s'),
      bearer: {
        kind: 'application',
        id: 'app',
        organization_id: ORGANIZATION,
        owner: false,
        locked: false,
        ...parts.bearer,
      },
      restrictions:
        parts.restrictions === undefined || parts.restrictions === null
          ? null
          : compileRestrictions(parts.restrictions),
      expiresAt: expires_at === null ? null : Date.parse(expires_at),
    },
    project: project(parts.project),
    grants: (parts.policies ?? []).map((policies) => compileGrants(policies)),
  }
}

export function facts(over: Partial<RequestFacts> = {}): RequestFacts {
  return {
    ip: '192.0.2.7',
    time: NOW,
    userAgent: 'aws-cli/2.36',
    operation: 'GetObject',
    prefix: null,
    ...over,
  }
}

export function access(
  action: RequiredAccess['action'],
  over: Partial<RequiredAccess['resource']> = {},
): RequiredAccess {
  return {
    action,
    resource: { bucket: 'photos', key: 'team-a/cat.jpg', projectId: PROJECT, region: 'fr-par', ...over },
  }
}
