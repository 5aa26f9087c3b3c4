/** Every error that Scaleway's SDK has a class for, and what bad input comes to. */
import { Errors } from '@scaleway/sdk-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { INTERNAL, renderError } from '../../src/control/errors.ts'
import type { Route } from '../../src/control/route.ts'
import { createRouter } from '../../src/control/router.ts'
import { controlRouter } from '../../src/control/routes.ts'
import { StoreUnavailable } from '../../src/iam/reader.ts'
import { Secret } from '../../src/iam/secret.ts'
import { ServiceError } from '../../src/services/errors.ts'
import { OPERATOR, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ quotas: { iam_groups: 1, projects: 2 }, failedPerMinute: 1 })
})
afterAll(() => world.close())

describe("the SDK's typed errors", () => {
  const stranger = () => world.sdk({ ...world.token, secretKey: crypto.randomUUID() }).iam
  const own = () => world.sdk(world.token).iam

  test('denied_authentication', async () => {
    const error = await stranger()
      .listUsers()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.DeniedAuthenticationError)
    expect(error).toMatchObject({ status: 401, method: 'api_key', reason: 'not_found' })
  })

  test('too_many_requests', async () => {
    const error = await stranger()
      .listUsers()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.TooManyRequestsError)
    expect(error).toMatchObject({ status: 429, limit: { quota: 1, windowSeconds: 60 }, resetSeconds: 60 })
  })

  test('permissions_denied', async () => {
    const { token } = await world.application([])
    const error = await world
      .sdk(token)
      .iam.listUsers()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.PermissionsDeniedError)
    expect(error).toMatchObject({ status: 403, list: [{ resource: 'user', action: 'read' }] })
  })

  test('invalid_arguments', async () => {
    const error = await own()
      .createApplication({ name: 'no/slash', description: 'x'.repeat(201), tags: Array(11).fill('t') })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.InvalidArgumentsError)
    expect(error).toMatchObject({
      status: 400,
      details: [
        { argumentName: 'name', reason: 'format', helpMessage: expect.any(String) },
        { argumentName: 'description', reason: 'constraint' },
        { argumentName: 'tags', reason: 'constraint' },
      ],
    })
  })

  test('not_found', async () => {
    const applicationId = crypto.randomUUID()
    const error = await own()
      .getApplication({ applicationId })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.ResourceNotFoundError)
    expect(error).toMatchObject({ status: 404, resource: 'application', resourceId: applicationId })
  })

  test('already_exists', async () => {
    await own().createUser({ email: 'twice@example.com' })
    const error = await own()
      .createUser({ email: 'twice@example.com' })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.AlreadyExistsError)
    expect(error).toMatchObject({
      status: 409,
      resource: 'user',
      helpMessage: expect.stringContaining('another user'),
    })
  })

  test('precondition_failed', async () => {
    const { account } = world.sdk(world.token)
    const project = await account.createProject({ name: 'full', description: '' })
    const { id } = await world.services.backends.create(OPERATOR, {
      name: 'store',
      kind: 'generic',
      endpoints: ['http://127.0.0.1:1'],
      access_key: 'a',
      secret_key: new Secret('s'),
    })
    await world.services.buckets.adopt(OPERATOR, { name: 'kept', project_id: project.id, backend_id: id })
    const error = await account.deleteProject({ projectId: project.id }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.PreconditionFailedError)
    expect(error).toMatchObject({ status: 412, precondition: 'resource_still_in_use' })
  })

  test('quotas_exceeded', async () => {
    const { iam, account } = world.sdk(world.token)
    await iam.createGroup({ name: 'only', description: '' })
    const error = await iam
      .createGroup({ name: 'another', description: '' })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Errors.QuotasExceededError)
    expect(error).toMatchObject({ status: 403, list: [{ resource: 'iam_groups', quota: 1, current: 1 }] })
    await expect(account.createProject({ name: 'third', description: '' })).rejects.toBeInstanceOf(
      Errors.QuotasExceededError,
    )
    expect((await iam.listGroups()).totalCount).toBe(1)
  })

  test.each([
    ['transient_state', 409, { resource: 'bucket', resource_id: 'b', current_state: 'deleting' }],
    ['locked', 423, { resource: 'user', resource_id: 'u' }],
  ] as const)('%s is rendered as the SDK reads it', (type, status, fields) => {
    const rendered = renderError(new ServiceError({ type, ...fields } as never))
    expect(rendered).toMatchObject({ status, body: { type, ...fields, message: expect.any(String) } })
  })

  test('a store that does not answer is 503, and a defect says nothing of itself', () => {
    expect(renderError(new StoreUnavailable('details of the disk'))).toMatchObject({
      status: 503,
      body: { type: 'unavailable', message: 'the store does not answer: try again' },
    })
    expect(renderError(new TypeError('a stack'))).toBeUndefined()
    expect(JSON.stringify(INTERNAL)).not.toContain('stack')
  })
})

describe('bad input', () => {
  const applications = '/iam/v1alpha1/applications'
  const counted = async () => (await world.services.applications.list({})).total_count

  test.each([
    ['no JSON', 'nonsense', 'body', 'format'],
    ['truncated JSON', '{"name":"x"', 'body', 'format'],
    ['no UTF-8', Buffer.from('{"name":"\xff"}', 'latin1'), 'body', 'format'],
    ['a list', '[]', 'body', 'format'],
    ['null', 'null', 'body', 'format'],
    ['nothing at all', '', 'name', 'required'],
    ['a wrong type', '{"name":7}', 'name', 'format'],
    ['a wrong type within', '{"name":"x","tags":[1]}', 'tags.0', 'format'],
    ['an unknown field', '{"name":"x","nmae":"y"}', 'nmae', 'unknown'],
    ['a field of the prototype', '{"name":"x","__proto__":{"a":1}}', '__proto__', 'unknown'],
    ['an empty name', '{"name":""}', 'name', 'format'],
    ['a name of 65 letters', `{"name":"${'n'.repeat(65)}"}`, 'name', 'constraint'],
    ['half a character', '{"name":"x","description":"\\ud800"}', 'description', 'format'],
    ['an id that is none', '{"name":"x","organization_id":"nonsense"}', 'organization_id', 'format'],
    ['deep nesting', `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'name', 'format'],
    ['deeper nesting', `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'body', 'constraint'],
    [
      '10 MiB',
      JSON.stringify({ name: 'x', description: 'x'.repeat(10 * 1024 * 1024) }),
      'body',
      'constraint',
    ],
  ])('%s', async (_what, body, argument, reason) => {
    const before = await counted()
    const response = await fetch(`${world.endpoint}${applications}`, {
      method: 'POST',
      headers: { 'X-Auth-Token': world.token.secretKey, 'Content-Type': 'application/json' },
      body,
    })
    const answer = (await response.json()) as { type: string; details: Record<string, string>[] }
    expect(response.status).toBe(400)
    expect(answer.type).toBe('invalid_arguments')
    expect(answer.details).toContainEqual({
      argument_name: argument,
      reason,
      help_message: expect.any(String),
    })
    expect(await counted()).toBe(before)
  })

  test.each([
    ['page=0', 'page', 'constraint'],
    ['page=10001', 'page', 'constraint'],
    ['page_size=101', 'page_size', 'constraint'],
    ['page_size=0', 'page_size', 'constraint'],
    ['page=one', 'page', 'format'],
    ['order_by=size_asc', 'order_by', 'format'],
    ['application_ids=nonsense', 'application_ids', 'format'],
    ['editable=yes', 'editable', 'unknown'],
    ['name=a&name=b', 'name', 'format'],
    ['nmae=a', 'nmae', 'unknown'],
  ])('?%s', async (query, argument, reason) => {
    expect(await world.call(world.token, 'GET', `${applications}?${query}`)).toMatchObject({
      status: 400,
      body: { details: [{ argument_name: argument, reason }] },
    })
  })

  test.each([
    ['GET', '/', 404],
    ['GET', '/iam/v1alpha1', 404],
    ['GET', '/iam/v1alpha1/applications/', 404],
    ['GET', '/iam/v1alpha1//applications', 404],
    ['GET', '/iam/v1alpha1/applications/%zz', 404],
    ['GET', '/iam/v1alpha1/applications/nonsense', 400],
    ['GET', '/iam/v1alpha1/applications/..%2fusers', 400],
    ['GET', '/iam/v2/applications', 404],
    ['PUT', '/iam/v1alpha1/applications', 405],
    ['HEAD', '/iam/v1alpha1/applications', 405],
    ['OPTIONS', '/iam/v1alpha1/applications', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const response = await fetch(`${world.endpoint}${path}`, {
      method,
      headers: { 'X-Auth-Token': world.token.secretKey },
    })
    expect(response.status).toBe(status)
    if (status === 405) expect(response.headers.get('allow')).toBe('GET, POST')
  })
})

describe('answers', () => {
  test('have exactly the type that the SDK asks for', async () => {
    for (const path of ['/metadata', '/openapi.json', '/iam/v1alpha1/users', '/nowhere']) {
      const { headers } = await world.call(world.token, 'GET', path)
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('to scw about the platform', async () => {
    expect((await world.call(null, 'GET', '/metadata')).body).toEqual({
      platform: 'external',
      partition: 'scw',
      domain: 'scw.eu',
    })
  })

  test('to what Go clients send: unset choices, and a token for everything', async () => {
    const query = 'bearer_type=unknown_bearer_type&order_by=created_at_asc&page=1&page_size=50'
    expect(await world.call(world.token, 'GET', `/iam/v1alpha1/api-keys?${query}`)).toMatchObject({
      status: 200,
    })
  })
})

describe('routes', () => {
  const [first] = controlRouter('0.0.0').routes as readonly [Route]

  test.each([
    ['does not say what it needs', [{ ...first, needs: undefined as never }]],
    ['needs nothing of nothing', [{ ...first, needs: [] as never }]],
    ['has the name of another', [first, { ...first, path: '/other' }]],
    ['is declared twice', [first, { ...first, name: 'Other' }]],
    ['has a parameter that nobody knows', [{ ...first, path: '/things/{thing_id}' }]],
  ])('one that %s stops the start', (_what, routes) => {
    expect(() => createRouter(routes)).toThrow(TypeError)
  })
})
