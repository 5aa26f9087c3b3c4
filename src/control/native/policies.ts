/** Policies and their rules. */
import { z } from 'zod'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { byId, ids, listInput, operation, texts } from './operation.ts'

const principal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['user', 'group', 'application']), id: uuid }),
  z.strictObject({ kind: z.literal('none') }),
])

const rule = z.strictObject({
  permission_set_names: z.array(text),
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('projects'), project_ids: z.array(uuid) }),
    z.strictObject({ kind: z.literal('all-current-projects') }),
    z.strictObject({ kind: z.literal('organization'), organization_id: uuid }),
  ]),
  condition: text.optional(),
})

const settings = { description: text.optional(), tags: texts }

export const NATIVE_POLICIES: readonly Route[] = [
  operation({
    name: 'policies.create',
    needs: ['policy:write'],
    effect: 'changes',
    input: z.strictObject({
      organization_id: uuid,
      name: text,
      ...settings,
      principal,
      rules: z.array(rule).optional(),
    }),
    run: ({ services, actor }, input) => services.policies.create(actor, input),
  }),
  operation({
    name: 'policies.get',
    needs: ['policy:read'],
    effect: 'reads',
    input: byId,
    run: ({ services }, { id }) => services.policies.get(id),
  }),
  operation({
    name: 'policies.list',
    needs: ['policy:read'],
    effect: 'reads',
    input: listInput(
      {
        organization_id: uuid.optional(),
        policy_ids: ids,
        user_ids: ids,
        group_ids: ids,
        application_ids: ids,
        no_principal: z.boolean().optional(),
        name: text.optional(),
        tag: text.optional(),
      },
      ['created_at', 'name'],
    ),
    run: ({ services }, input) => services.policies.list(input),
  }),
  operation({
    name: 'policies.update',
    needs: ['policy:write'],
    effect: 'changes',
    input: z.strictObject({
      id: uuid,
      change: z.strictObject({ name: text.optional(), ...settings, principal: principal.optional() }),
    }),
    run: ({ services, actor }, { id, change }) => services.policies.update(actor, id, change),
  }),
  operation({
    name: 'policies.delete',
    needs: ['policy:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.policies.delete(actor, id),
  }),
  operation({
    name: 'policies.clone',
    needs: ['policy:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.policies.clone(actor, id),
  }),
  operation({
    name: 'policies.replaceRules',
    needs: ['policy:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, rules: z.array(rule) }),
    run: ({ services, actor }, { id, rules }) => services.policies.replaceRules(actor, id, rules),
  }),
  operation({
    name: 'policies.addRule',
    needs: ['policy:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, rule }),
    run: ({ services, actor }, { id, rule }) => services.policies.addRule(actor, id, rule),
  }),
  operation({
    name: 'policies.deleteRule',
    needs: ['policy:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, rule_id: uuid }),
    run: ({ services, actor }, { id, rule_id }) => services.policies.deleteRule(actor, id, rule_id),
  }),
]
