/**
 * The OpenAPI document, made of the same declarations that check requests.
 * https://spec.openapis.org/oas/v3.1.0
 */
import { z } from 'zod'
import { PATH_PARAMETERS } from './parse.ts'
import { publicRoute, type Route } from './route.ts'

type Json = Readonly<Record<string, unknown>>

const ERROR = {
  description: 'Refused; `type` says why.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['type', 'message'],
        properties: { type: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

/** Documents the routes, itself among them. */
export function openapiRoute(routes: readonly Route[], version: string): Route {
  const itself = publicRoute({
    name: 'GetOpenAPI',
    method: 'GET',
    path: '/openapi.json',
    about: 'This document.',
    answer: z.record(z.string(), z.unknown()),
    handle: () => document,
  })
  const document = describe([...routes, itself], version)
  return itself
}

function describe(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 's3warden control plane', version },
    components: {
      securitySchemes: {
        api_key: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
        session: { type: 'apiKey', in: 'header', name: 'X-Session-Token' },
      },
    },
    paths,
  }
}

function operation({ name, about, path, needs, query, body, answer }: Route): Json {
  const anybody = needs === 'nobody-in-particular'
  return {
    operationId: name,
    summary: about,
    ...(typeof needs === 'string' ? {} : { description: `Needs ${needs.join(' or ')}.` }),
    security: anybody ? [] : [{ api_key: [] }, { session: [] }],
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body === null
      ? {}
      : { requestBody: { content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: {
      ...(answer === null
        ? { 204: { description: 'Done.' } }
        : {
            200: {
              description: 'Done.',
              content: { 'application/json': { schema: jsonSchema(answer, 'output') } },
            },
          }),
      '4XX': ERROR,
    },
  }
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: jsonSchema(PATH_PARAMETERS[name]!, 'input'),
  }))
}

function queryParameters(query: z.ZodType): readonly Json[] {
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
