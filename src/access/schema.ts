/**
 * The form of an access file: what one organization has, by name, and the backends it is on. Fields are the model's
 * own, without `_id` where a name stands for an id. Rules, members and restrictions are exactly what the file says;
 * any other field that is left out stays as it is in the store, or gets its default in a new record.
 *
 * `config/access.schema.json` is made from this. Values that services check (names, conditions, times) are left to
 * them.
 */
import { z } from 'zod'
import { PERMISSION_SET_NAMES } from '../iam/permission-sets.ts'
import { didYouMean } from '../nearest.ts'
import { OPENABLE } from '../s3/opened.ts'

const id = z
  .string()
  .describe(
    'Which one is meant, where the store has several of the name, or where it is to get another name.',
  )
  .optional()
const description = z.string().describe('What it is for.').optional()
const tags = z.array(z.string()).optional()

/** A secret is never in the file itself. */
const secretSource = z
  .strictObject({
    file: z.string().describe('A file that holds it, relative to this one.').optional(),
    env: z.string().describe('An environment variable that holds it.').optional(),
  })
  .refine((source) => (source.file === undefined) !== (source.env === undefined), {
    error: 'expected either `file` or `env`',
  })

/** A fault does not list all of the names: there are hundreds. */
const permissionSet = z.enum(PERMISSION_SET_NAMES, {
  error: ({ input }) =>
    `there is no such permission set${didYouMean(String(input), PERMISSION_SET_NAMES)}: \`s3warden permission-set list\` shows all`,
})

const backend = z
  .strictObject({
    name: z.string().describe('`default` is where buckets go whose project has no backend of its own.'),
    kind: z
      .enum(['generic', 'ceph', 'minio', 'aws'])
      .describe('What it is, which says what it can do.')
      .optional(),
    endpoints: z.array(z.string()).min(1).describe('Base URLs of one store, used in turn.'),
    region: z.string().describe('The region that requests to it are signed for.').optional(),
    access_key: z.string().describe("The gate's own access key there."),
    secret_key: secretSource.describe(
      'Its secret. May be missing where the store has the backend already: its secret then stays.',
    ),
    addressing: z.enum(['path', 'virtual']).optional(),
    ca: z
      .union([z.string(), z.strictObject({ file: z.string() })], {
        error: 'expected certificates in PEM, or { file: … }',
      })
      .describe('Authorities that its certificate is checked against, in PEM; absent: as it is.')
      .optional(),
    opened_operations: z
      .array(z.enum(OPENABLE))
      .describe("Operations that act with the backend's own power, and that are refused unless named here.")
      .optional(),
  })
  .describe('An object store behind the gate.')

const person = {
  username: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  phone_number: z.string().optional(),
  locale: z.string().optional(),
  tags,
  locked: z.boolean().describe("A locked user's keys are refused.").optional(),
}

const organization = z
  .strictObject({
    id,
    name: z.string(),
    owner: z
      .strictObject({ email: z.string(), ...person })
      .describe('Has every right. Absent in a new organization: owner@localhost.')
      .optional(),
  })
  .describe('Whose file this is.')

const project = z
  .strictObject({
    id,
    name: z.string(),
    default: z
      .literal(true)
      .describe(
        'The one in which keys work that name none. Made with the organization; `default` unless said here.',
      )
      .optional(),
    description,
    backend: z
      .string()
      .nullable()
      .describe('Where its new buckets go; null: to the backend `default`.')
      .optional(),
    max_buckets: z.int().min(0).nullable().describe('How many it may own; null: as configured.').optional(),
    buckets: z
      .array(
        z.union([z.string(), z.strictObject({ name: z.string(), backend: z.string().optional() })], {
          error: 'expected a name, or { name: …, backend: … }',
        }),
      )
      .describe(
        'Buckets that a backend has and this project owns. Clients make further ones; those are never taken away.',
      )
      .default([]),
  })
  .describe('Owns buckets.')

const user = z
  .strictObject({ id, email: z.string().describe('Its identity.'), ...person })
  .describe('A person. The owner stands under `organization`.')

const application = z.strictObject({ id, name: z.string(), description, tags }).describe('A program.')

const group = z.strictObject({
  id,
  name: z.string(),
  description,
  tags,
  users: z.array(z.string()).describe('Its members, by e-mail address or username.').default([]),
  applications: z.array(z.string()).describe('Its members, by name.').default([]),
})

const exactlyOne = (fields: readonly string[]) => (entry: object) =>
  fields.filter((field) => (entry as Record<string, unknown>)[field] !== undefined).length === 1

const rule = z
  .strictObject({
    permission_set_names: z.array(permissionSet).min(1),
    projects: z.array(z.string()).describe('The projects it holds in.').optional(),
    organization_scope: z.literal(true).describe('It holds in all projects, later ones included.').optional(),
    condition: z.string().describe('A CEL expression. Absent: unconditional.').optional(),
  })
  .refine(exactlyOne(['projects', 'organization_scope']), {
    error: 'expected either `projects` or `organization_scope: true`',
  })

const policy = z
  .strictObject({
    id,
    name: z.string(),
    description,
    tags,
    user: z.string().describe('Whom it is about, by e-mail address or username.').optional(),
    group: z.string().describe('Whom it is about.').optional(),
    application: z.string().describe('Whom it is about.').optional(),
    no_principal: z.literal(true).describe('It is about nobody yet.').optional(),
    rules: z.array(rule).describe('What its principal may do: all of it, in order.').default([]),
  })
  .refine(exactlyOne(['user', 'group', 'application', 'no_principal']), {
    error: 'expected one of `user`, `group`, `application` and `no_principal: true`',
  })

const restrictions = z
  .strictObject({
    operations: z.array(z.string()).min(1).describe('S3 operations, or *-sos-* ones.').optional(),
    tags: z.array(z.string()).min(1).describe('Operations by tag, such as sos.').optional(),
    resources: z.array(z.string()).min(1).describe('sos/bucket:NAME or sos/bucket:NAME/PREFIX*').optional(),
    regions: z.array(z.string()).min(1).describe("Regions of a bucket's backend.").optional(),
  })
  .describe('What the key itself is limited to. Never changes; absent: no limit.')

/** How a generated key is written to its file. */
export const KEY_FILE_FORMATS = ['json', 'env', 'aws'] as const

const key = z
  .strictObject({
    name: z.string().describe('Its identity, unless `access_key` is.').optional(),
    access_key: z
      .string()
      .describe('That of a key which is brought along with its secret, or exists.')
      .optional(),
    secret_key: secretSource
      .describe(
        'The secret of a key that is brought along. Where the key exists and this is missing, its secret stays.',
      )
      .optional(),
    write_to: z
      .string()
      .describe('The file, relative to this one, in which a generated key goes, once, mode 0600.')
      .optional(),
    write_as: z
      .enum(KEY_FILE_FORMATS)
      .describe('json; env: AWS_ACCESS_KEY_ID=…; aws: a credentials file of the AWS tools. Absent: json.')
      .optional(),
    format: z
      .enum(['scaleway', 'exoscale', 'keystone'])
      .describe('What a generated key looks like.')
      .optional(),
    user: z.string().describe('Whose it is.').optional(),
    application: z.string().describe('Whose it is.').optional(),
    description,
    default_project: z
      .string()
      .describe(
        "Where it works unless KEY@projectId says otherwise. Absent in a new key: the organization's default.",
      )
      .optional(),
    expires_at: z.string().describe('RFC 3339, or `never`.').optional(),
    restrictions: restrictions.optional(),
    through: z
      .string()
      .describe('The restricted key, by name or access key, that it never exceeds.')
      .optional(),
  })
  .refine(exactlyOne(['user', 'application']), { error: 'expected either `user` or `application`' })
  .refine((entry) => entry.name !== undefined || entry.access_key !== undefined, {
    error: 'expected a `name`, or the `access_key`',
  })
  .refine((entry) => entry.secret_key === undefined || entry.access_key !== undefined, {
    error: '`secret_key` goes with `access_key`: a generated key has neither',
  })

/** The file's lists, in the order in which they are applied: what others refer to comes first. */
export const SECTIONS = {
  backends: backend,
  projects: project,
  users: user,
  applications: application,
  groups: group,
  policies: policy,
  keys: key,
} as const

export type SectionName = keyof typeof SECTIONS
export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[]

export const ORGANIZATION = organization

export const accessFile = z
  .strictObject({
    version: z.literal(1).describe("This format's version."),
    organization,
    backends: z.array(backend).optional(),
    projects: z.array(project).optional(),
    users: z.array(user).optional(),
    applications: z.array(application).optional(),
    groups: z.array(group).optional(),
    policies: z.array(policy).optional(),
    keys: z.array(key).optional(),
  })
  .describe('Who there is and what they may do, for `s3warden apply` and `s3warden serve --access`.')

type DeepReadonly<T> = T extends object ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> } : T

/** As it is written. */
export type AccessFile = DeepReadonly<z.input<typeof accessFile>>
export type SecretSource = z.output<typeof secretSource>
export type OrganizationEntry = z.output<typeof organization>
export type Entry<Name extends SectionName> = z.output<(typeof SECTIONS)[Name]>
export type BackendEntry = Entry<'backends'>
export type ProjectEntry = Entry<'projects'>
export type UserEntry = Entry<'users'>
export type ApplicationEntry = Entry<'applications'>
export type GroupEntry = Entry<'groups'>
export type PolicyEntry = Entry<'policies'>
export type RuleEntry = PolicyEntry['rules'][number]
export type KeyEntry = Entry<'keys'>
export type RestrictionsEntry = NonNullable<KeyEntry['restrictions']>

/** The JSON Schema of the file, for editors. https://json-schema.org/draft/2020-12 */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(accessFile, { io: 'input' })
  return `${JSON.stringify({ title: 'Access file of s3warden', ...schema }, null, 2)}\n`
}
