/**
 * What an endpoint is: method, path, the schemas of what goes in and comes out, what it needs, and what it does. The
 * same declaration checks requests, documents the endpoint, and decides who may call it.
 */
import { z } from 'zod'
import type { Permission } from '../iam/permissions.ts'
import type { Actor } from '../iam/reader.ts'
import type { Password } from '../services/password.ts'
import type { Quotas } from '../services/quotas.ts'
import type { Caller } from './caller.ts'
import type { GuardedServices } from './guard/index.ts'
import type { Attempts } from './login.ts'

/** What changes something runs in one transaction. */
export type Effect = 'reads' | 'changes'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What is in the braces of a path: `/users/{user_id}/lock` → `user_id`. */
export type PathParameter<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never

/**
 * Who may call: `nobody-in-particular` without authentication; `caller` whoever is authenticated, where the guards see
 * to the rest; otherwise who has any of these permissions.
 */
export type Need = 'nobody-in-particular' | 'caller' | readonly [Permission, ...Permission[]]

/** What an authenticated call has. */
export interface Call<Parameters, Query, Body> {
  /** Guarded: for this caller, and for nobody else. Within the request's transaction where it is one that changes. */
  readonly services: GuardedServices
  readonly caller: Caller
  readonly actor: Actor
  readonly organizationId: string
  readonly params: Parameters
  readonly query: Query
  readonly body: Body
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly quotas: Quotas
}

/** What a call without authentication has. */
export interface PublicCall<Parameters, Query, Body> {
  readonly params: Parameters
  readonly query: Query
  readonly body: Body
  /** Logs in, under the throttle. */
  readonly attempts: Attempts
}

interface RouteDeclaration<Path extends string, Query extends z.ZodType, Body extends z.ZodType, Answer> {
  readonly method: Method
  readonly path: Path
  /** As the SDK calls it; also `request.operation` in conditions. */
  readonly name: string
  readonly about: string
  readonly query?: Query
  readonly body?: Body
  /** Absent: what the method means. */
  readonly effect?: Effect
  /** Absent: 204 without a body. */
  readonly answer?: z.ZodType<Answer>
}

type Parameters<Path extends string> = Readonly<Record<PathParameter<Path>, string>>

/** A route whose types have been settled: what router, listener and documentation work with. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly name: string
  readonly about: string
  readonly needs: Need
  readonly effect: Effect
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  readonly answer: z.ZodType | null
  readonly handle: Handler
}

/** Makes a password ready to be set, when it is its turn. */
export type HashPassword = (password: Password) => Promise<Password>

export type Handler =
  | { readonly kind: 'public'; run(call: PublicCall<never, never, never>): unknown }
  | {
      readonly kind: 'guarded'
      readonly prepare: ((body: never, hash: HashPassword) => Promise<never>) | null
      run(call: Call<never, never, never>): unknown
    }

const NOTHING = z.strictObject({})

/** An endpoint for whoever is authenticated and has what it needs. */
export function route<
  const Path extends string,
  Answer = void,
  Query extends z.ZodType = typeof NOTHING,
  Body extends z.ZodType = typeof NOTHING,
>(
  declaration: RouteDeclaration<Path, Query, Body, Answer> & {
    readonly needs: Exclude<Need, 'nobody-in-particular'>
    /** What of the body takes its time, done before there is a transaction for which others wait. Absent: nothing. */
    prepare?(body: z.output<Body>, hash: HashPassword): Promise<z.output<Body>>
    handle(call: Call<Parameters<Path>, z.output<Query>, z.output<Body>>): Promise<Answer> | Answer
  },
): Route {
  const { handle, prepare, needs, ...rest } = declaration
  return {
    ...settled(rest),
    needs,
    handle: { kind: 'guarded', prepare: (prepare ?? null) as never, run: handle as never },
  }
}

/** An endpoint that anybody may call. */
export function publicRoute<
  const Path extends string,
  Answer,
  Query extends z.ZodType = typeof NOTHING,
  Body extends z.ZodType = typeof NOTHING,
>(
  declaration: RouteDeclaration<Path, Query, Body, Answer> & {
    handle(call: PublicCall<Parameters<Path>, z.output<Query>, z.output<Body>>): Promise<Answer> | Answer
  },
): Route {
  const { handle, ...rest } = declaration
  return { ...settled(rest), needs: 'nobody-in-particular', handle: { kind: 'public', run: handle as never } }
}

function settled(
  declaration: RouteDeclaration<string, z.ZodType, z.ZodType, unknown>,
): Omit<Route, 'needs' | 'handle'> {
  const { method, path, name, about, effect, query, body, answer } = declaration
  const takesBody = method !== 'GET' && method !== 'DELETE'
  return {
    method,
    path,
    name,
    about,
    effect: effect ?? (method === 'GET' ? 'reads' : 'changes'),
    query: query ?? NOTHING,
    body: takesBody ? (body ?? NOTHING) : null,
    answer: answer ?? null,
  }
}
