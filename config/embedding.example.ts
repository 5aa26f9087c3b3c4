/**
 * The gate within a program of one's own: `npm install s3warden`, then `node embedding.example.ts`.
 *
 * It takes the configuration from the environment as `s3warden serve` does (S3WARDEN_BACKEND_ENDPOINT …; without a
 * backend, the embedded development store), makes a project with a key for it, and runs until SIGTERM.
 */
import { type Actor, createGate, loadConfig } from 's3warden'

const config = loadConfig({ flags: {}, environment: process.env })
const gate = await createGate(config)

/** Who makes the changes, for the audit log. */
const actor: Actor = { bearer_id: '', ip: '', user_agent: 'embedding example' }
const { projects, applications, policies, keys } = gate.services

const { items } = await projects.list({ filters: { is_default: true } })
const organization_id = items[0]!.organization_id
const project = await projects.create(actor, { organization_id, name: 'uploads' })
const application = await applications.create(actor, { organization_id, name: 'uploader' })
await policies.create(actor, {
  organization_id,
  name: 'uploader',
  principal: { kind: 'application', id: application.id },
  rules: [
    {
      permission_set_names: ['ObjectStorageFullAccess'],
      scope: { kind: 'projects', project_ids: [project.id] },
    },
  ],
})
const { key, secret_key } = await keys.create(actor, {
  bearer: { kind: 'application', id: application.id },
  default_project_id: project.id,
})

console.log(
  JSON.stringify({
    endpoint: gate.endpoint,
    access_key: key.access_key,
    secret_key: secret_key.reveal(),
  }),
)
process.once('SIGTERM', () => {
  void gate.drain()
})
