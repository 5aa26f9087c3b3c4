/** Access keys, restrictions and all. A secret goes out once, with the key that was made. */
import { z } from 'zod'
import { Secret } from '../../iam/secret.ts'
import type { CreatedKey } from '../../services/keys.ts'
import { text, uuid } from '../fields.ts'
import type { Route } from '../route.ts'
import { expiry, listInput, nullableText, operation, texts } from './operation.ts'

const bearer = z.strictObject({ kind: z.enum(['user', 'application']), id: uuid })

const restrictions = z
  .strictObject({
    operations: z.array(text).nullable(),
    tags: z.array(text).nullable(),
    resources: z.array(z.strictObject({ bucket: text, prefix: text.nullable() })).nullable(),
    regions: z.array(text).nullable(),
  })
  .nullish()

const settings = {
  name: text.optional(),
  description: text.optional(),
  default_project_id: uuid.optional(),
  expires_at: nullableText,
}

const byKey = z.strictObject({ access_key: text })

const shown = ({ key, secret_key }: CreatedKey) => ({ key, secret_key: secret_key.reveal() })

export const NATIVE_KEYS: readonly Route[] = [
  operation({
    name: 'keys.create',
    needs: ['application_key:write', 'user_key:write'],
    effect: 'changes',
    input: z.strictObject({
      ...settings,
      restrictions,
      bearer: bearer.optional(),
      format: z.enum(['scaleway', 'exoscale', 'keystone']).optional(),
      template: text.optional(),
      through: text.optional(),
    }),
    run: async ({ services, actor }, input) => shown(await services.keys.create(actor, input)),
  }),
  operation({
    name: 'keys.import',
    needs: ['application_key:write', 'user_key:write'],
    effect: 'changes',
    input: z.strictObject({
      ...settings,
      restrictions,
      bearer,
      access_key: text,
      secret_key: text.transform((secret) => new Secret(secret)),
    }),
    run: ({ services, actor }, input) => services.keys.import(actor, input),
  }),
  operation({
    name: 'keys.get',
    needs: 'caller',
    effect: 'reads',
    input: byKey,
    run: ({ services }, { access_key }) => services.keys.get(access_key),
  }),
  operation({
    name: 'keys.list',
    needs: ['application_key:read', 'user_key:read'],
    effect: 'reads',
    input: listInput(
      {
        organization_id: uuid.optional(),
        access_keys: texts,
        bearer_ids: z.array(uuid).optional(),
        bearer_type: z.enum(['user', 'application']).optional(),
        default_project_id: uuid.optional(),
        name: text.optional(),
        description: text.optional(),
        restricted: z.boolean().optional(),
        expiry,
      },
      ['created_at', 'updated_at', 'expires_at', 'access_key'],
    ),
    run: ({ services }, input) => services.keys.list(input),
  }),
  operation({
    name: 'keys.update',
    needs: ['application_key:write', 'user_key:write'],
    effect: 'changes',
    input: z.strictObject({ access_key: text, change: z.strictObject(settings) }),
    run: ({ services, actor }, { access_key, change }) => services.keys.update(actor, access_key, change),
  }),
  operation({
    name: 'keys.revoke',
    needs: ['application_key:write', 'user_key:write'],
    effect: 'changes',
    input: byKey,
    run: ({ services, actor }, { access_key }) => services.keys.revoke(actor, access_key),
  }),
  operation({
    name: 'keys.rotate',
    needs: ['application_key:write', 'user_key:write'],
    effect: 'changes',
    input: z.strictObject({ access_key: text, grace_ms: z.int() }),
    run: async ({ services, actor }, { access_key, grace_ms }) =>
      shown(await services.keys.rotate(actor, access_key, grace_ms)),
  }),
]
