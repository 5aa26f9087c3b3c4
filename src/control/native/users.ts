/** Users. */
import { z } from 'zod'
import { Secret } from '../../iam/secret.ts'
import type { Password } from '../../services/password.ts'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { byId, ids, listInput, operation, texts } from './operation.ts'

const settings = {
  first_name: text.optional(),
  last_name: text.optional(),
  phone_number: text.optional(),
  locale: text.optional(),
  tags: texts,
}

const secret = text.transform((password): Password => new Secret(password))

export const NATIVE_USERS: readonly Route[] = [
  operation({
    name: 'users.create',
    needs: ['user:write'],
    effect: 'changes',
    input: z.strictObject({
      organization_id: uuid,
      email: text,
      username: text.optional(),
      password: secret.optional(),
      ...settings,
    }),
    prepare: async (input, hash) => ({ ...input, password: input.password && (await hash(input.password)) }),
    run: ({ services, actor }, input) => services.users.create(actor, input),
  }),
  operation({
    name: 'users.get',
    needs: 'caller',
    effect: 'reads',
    input: byId,
    run: ({ services }, { id }) => services.users.get(id),
  }),
  operation({
    name: 'users.list',
    needs: ['user:read'],
    effect: 'reads',
    input: listInput(
      {
        organization_id: uuid.optional(),
        user_ids: ids,
        type: z.enum(['owner', 'member']).optional(),
        email: text.optional(),
        username: text.optional(),
        tag: text.optional(),
      },
      ['created_at', 'updated_at', 'email', 'last_login_at', 'username'],
    ),
    run: ({ services }, input) => services.users.list(input),
  }),
  operation({
    name: 'users.update',
    needs: ['user:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, change: z.strictObject({ email: text.optional(), ...settings }) }),
    run: ({ services, actor }, { id, change }) => services.users.update(actor, id, change),
  }),
  operation({
    name: 'users.delete',
    needs: ['user:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.users.delete(actor, id),
  }),
  operation({
    name: 'users.lock',
    needs: ['user:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.users.lock(actor, id),
  }),
  operation({
    name: 'users.unlock',
    needs: ['user:write'],
    effect: 'changes',
    input: byId,
    run: ({ services, actor }, { id }) => services.users.unlock(actor, id),
  }),
  operation({
    name: 'users.updatePassword',
    needs: ['user:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, password: secret }),
    prepare: async ({ id, password }, hash) => ({ id, password: await hash(password) }),
    run: ({ services, actor }, { id, password }) => services.users.updatePassword(actor, id, password),
  }),
  operation({
    name: 'users.updateUsername',
    needs: ['user:write'],
    effect: 'changes',
    input: z.strictObject({ id: uuid, username: text }),
    run: ({ services, actor }, { id, username }) => services.users.updateUsername(actor, id, username),
  }),
]
