/** What a bearer may do on the control plane, and give to others: decided from policies alone. */
import { describe, expect, test } from 'vitest'
import { createAuthority, type Grant, NO_AUTHORITY } from '../../src/iam/authority.ts'
import { ConditionFacts } from '../../src/iam/condition.ts'
import type { Policy, Rule } from '../../src/iam/model.ts'
import { isPermissionSetName, PERMISSION_SETS } from '../../src/iam/permission-sets.ts'
import { MANAGING_SETS, PERMISSIONS_OF_SET } from '../../src/iam/permissions.ts'

const FACTS = new ConditionFacts({
  ip: '10.0.0.1',
  time: Date.parse('2030-01-01T00:00:00Z'),
  userAgent: 'test',
  operation: 'ListUsers',
  prefix: null,
  name: null,
  id: null,
  locality: null,
})

const grant = (set: string, scope: 'o' | readonly string[], condition = ''): Grant => ({
  permission_set_names: [set],
  organization_id: scope === 'o' ? 'o' : null,
  project_ids: scope === 'o' ? null : scope,
  condition,
})

function policy(rules: readonly Grant[], organization_id = 'o'): Policy {
  return {
    id: 'policy',
    organization_id,
    name: '',
    description: '',
    tags: [],
    user_id: null,
    group_id: null,
    application_id: 'a',
    rules: rules.map((rule, index): Rule => ({ ...rule, id: String(index) })),
    created_at: '',
    updated_at: '',
  }
}

const holding = (...rules: readonly Grant[]) =>
  createAuthority({ organization_id: 'o', owner: false }, [policy(rules)], FACTS)

describe('what one may do', () => {
  test.each([
    ['nothing held', [], false],
    ['the set', [grant('IAMReadOnly', 'o')], true],
    ['another set', [grant('IAMGroupReadOnly', 'o')], false],
    ['under a condition that holds', [grant('IAMReadOnly', 'o', 'request.ip == "10.0.0.1"')], true],
    ['under one that does not', [grant('IAMReadOnly', 'o', 'request.ip == "10.0.0.2"')], false],
    ['under one that fails', [grant('IAMReadOnly', 'o', 'resource.name == "b"')], false],
    ['an organization set in a project', [grant('IAMReadOnly', ['p'])], false],
    ['the rule of another organization', [{ ...grant('IAMReadOnly', 'o'), organization_id: 'x' }], false],
  ] as const)('%s', (_what, rules, may) => {
    expect(holding(...rules).may('user:read')).toBe(may)
  })

  test('a policy of another organization counts for nothing', () => {
    const foreign = policy([grant('IAMManager', 'o')], 'x')
    const authority = createAuthority({ organization_id: 'o', owner: false }, [foreign], FACTS)
    expect([authority.may('user:read'), authority.unlimited]).toEqual([false, false])
  })

  test('reaches the projects of all rules together, or everything', () => {
    const some = holding(grant('SSHKeysReadOnly', ['p', 'q']), grant('SSHKeysFullAccess', ['r']))
    expect(some.reach('ssh_key:read')).toEqual(new Set(['p', 'q', 'r']))
    expect(some.reach('ssh_key:write')).toEqual(new Set(['r']))
    expect(holding(grant('SSHKeysReadOnly', 'o')).reach('ssh_key:read')).toBe('organization')
  })

  test('the owner may everything, a restricted key nothing', () => {
    const owner = createAuthority({ organization_id: 'o', owner: true }, [], FACTS)
    expect([owner.reach('policy:write'), owner.unlimited]).toEqual(['organization', true])
    expect(owner.beyond([grant('IAMManager', 'o')])).toEqual([])
    expect([NO_AUTHORITY.may('user:read'), NO_AUTHORITY.unlimited]).toEqual([false, false])
    expect(NO_AUTHORITY.beyond([grant('IAMManager', 'o')])).toEqual(['IAMManager'])
  })
})

describe('what one may give', () => {
  const FULL = 'ObjectStorageFullAccess'
  test.each([
    ['the same', [grant(FULL, ['p'])], grant(FULL, ['p']), true],
    [
      'a part of the same set, under another name',
      [grant(FULL, ['p'])],
      grant('ObjectStorageReadOnly', ['p']),
      false,
    ],
    ['in another project', [grant(FULL, ['p'])], grant(FULL, ['q']), false],
    ['in one project too many', [grant(FULL, ['p'])], grant(FULL, ['p', 'q']), false],
    ['by two rules together', [grant(FULL, ['p']), grant(FULL, ['q'])], grant(FULL, ['p', 'q']), true],
    ['in a narrower scope', [grant(FULL, 'o')], grant(FULL, ['p']), true],
    ['in a wider scope', [grant(FULL, ['p'])], grant(FULL, 'o'), false],
    ['under a condition more', [grant(FULL, ['p'])], grant(FULL, ['p'], 'true'), true],
    ['under a condition less', [grant(FULL, ['p'], 'true')], grant(FULL, ['p']), false],
    ['under the identical one', [grant(FULL, ['p'], 'true')], grant(FULL, ['p'], 'true'), true],
    [
      'under one that says the same otherwise',
      [grant(FULL, ['p'], 'true')],
      grant(FULL, ['p'], 'true '),
      false,
    ],
    ['under one that does not hold now', [grant(FULL, ['p'], 'false')], grant(FULL, ['p'], 'false'), true],
    ['anything, managing IAM', [grant('IAMManager', 'o')], grant('OrganizationManager', 'o'), true],
    ['anything, managing IAM under it', [grant('IAMManager', 'o', 'true')], grant(FULL, 'o', 'true'), true],
    ['more, managing IAM under a condition', [grant('IAMManager', 'o', 'true')], grant(FULL, 'o'), false],
  ])('%s', (_what, held, given, may) => {
    expect(holding(...held).beyond([given])).toEqual(may ? [] : given.permission_set_names)
  })
})

test('the table speaks of sets that there are, each about what its scope says', () => {
  for (const [name, permissions] of Object.entries(PERMISSIONS_OF_SET)) {
    expect(isPermissionSetName(name), name).toBe(true)
    if (!isPermissionSetName(name)) continue
    const aboutProjects = PERMISSION_SETS[name].scope_type === 'projects'
    for (const permission of permissions) expect(permission.startsWith('ssh_key:'), name).toBe(aboutProjects)
  }
  for (const name of MANAGING_SETS) expect(PERMISSIONS_OF_SET[name as 'IAMManager']).toContain('policy:write')
})
