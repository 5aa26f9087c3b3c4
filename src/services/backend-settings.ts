/** What a backend may be set to. */
import type { AddressingStyle, Backend, BackendKind } from '../iam/model.ts'
import { isOpenable, OPENABLE } from '../s3/opened.ts'
import type { BackendChange } from './backends.ts'
import { type Checks, createChecks } from './validate.ts'

/** Every kind has the style that suits most stores of it. */
export const DEFAULT_ADDRESSING: Readonly<Record<BackendKind, AddressingStyle>> = {
  embedded: 'path',
  ceph: 'path',
  minio: 'path',
  aws: 'virtual',
  generic: 'path',
}

export const DEFAULT_REGION = 'us-east-1'

const REGION = /^[A-Za-z0-9-]{1,64}$/
const CERTIFICATE = /^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/

/** @throws ServiceError `invalid_arguments` */
export function checkBackend(settings: BackendChange): void {
  const checks = createChecks()
  checks.name('name', settings.name)
  if (settings.endpoints !== undefined) checkEndpoints(checks, settings.endpoints)
  if (settings.region !== undefined && !REGION.test(settings.region)) {
    checks.fault('region', 'format', 'must have 1 to 64 letters, digits or hyphens')
  }
  if (settings.access_key === '') checks.fault('access_key', 'required', 'must not be empty')
  if (settings.secret_key?.reveal() === '') checks.fault('secret_key', 'required', 'must not be empty')
  if (typeof settings.ca === 'string' && !CERTIFICATE.test(settings.ca)) {
    checks.fault('ca', 'format', 'must be one or more certificates in PEM')
  }
  for (const name of settings.opened_operations ?? []) {
    if (!isOpenable(name)) {
      checks.fault(
        'opened_operations',
        'unknown',
        `\`${name}\` cannot be opened: one of ${OPENABLE.join(', ')}`,
      )
    }
  }
  checks.done()
}

function checkEndpoints(checks: Checks, endpoints: readonly string[]): void {
  if (endpoints.length === 0) checks.fault('endpoints', 'required', 'must have at least one address')
  for (const endpoint of endpoints) {
    if (!isBaseUrl(endpoint)) {
      checks.fault(
        'endpoints',
        'format',
        'each must be http:// or https:// with a host, and nothing after it',
      )
    }
  }
}

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  const bare = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  return bare && url.pathname === '/' && url.hostname !== ''
}

/** The same store may lose an address; an address that it did not have may be another store's. */
export function pointsElsewhere(before: Backend, after: Backend): boolean {
  if (before.kind === 'embedded' && after.kind === 'embedded') return false
  const normal = (endpoint: string) => URL.parse(endpoint)?.href ?? endpoint
  const known = new Set(before.endpoints.map(normal))
  return after.endpoints.some((endpoint) => !known.has(normal(endpoint)))
}
