/**
 * The life of a call: route → caller → needs → arguments → work → answer. Once the arguments are there, for which a
 * client may take its time, the caller is looked at once more: a right that was taken away in between is gone. What
 * changes something does so within one transaction, and whatever throws leaves nothing behind.
 */
import type { Actor } from '../iam/reader.ts'
import type { Random } from '../services/deps.ts'
import { ServiceError } from '../services/errors.ts'
import { preparePassword } from '../services/password.ts'
import type { Quotas } from '../services/quotas.ts'
import type { Services } from '../services/services.ts'
import { AuthenticationFailure, identify, readCredential } from './authenticate.ts'
import { type Caller, type CallFacts, callerOf } from './caller.ts'
import { ControlError } from './errors.ts'
import { guard } from './guard/index.ts'
import { logIn } from './login.ts'
import { parse, parseParameters, readJson, readQuery } from './parse.ts'
import type { Handler, HashPassword, PublicCall, Route } from './route.ts'
import type { Match, Router } from './router.ts'
import type { AttemptThrottle } from './throttle.ts'
import { createTurns } from './turns.ts'

/** A request as the listener received it. */
export interface ControlRequest {
  readonly method: string
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly authToken: string | undefined
  readonly sessionToken: string | undefined
  readonly ip: string
  readonly userAgent: string
  /** @throws ServiceError `invalid_arguments` where it is too long */
  body(): Promise<Buffer>
}

/** `body` null: 204. */
export interface ControlAnswer {
  readonly body: unknown
}

export interface DispatchDeps {
  readonly router: Router
  readonly services: Services
  readonly quotas: Quotas
  readonly throttle: AttemptThrottle
  readonly random: Random
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export type Dispatch = (request: ControlRequest) => Promise<ControlAnswer>

/**
 * Hashing a password takes a thread of the few that there are, and 32 MiB: whoever comes, from however many addresses,
 * leaves some for those who use what they are for.
 */
const PASSWORDS = { atOnce: 2, waiting: 100 } as const

/** What of a call the audit log is told when it is refused. */
interface Attempted {
  readonly actor: Actor
  readonly organizationId: string
}

export function createDispatch(deps: DispatchDeps): Dispatch {
  const { services, throttle, router } = deps
  const passwords = createTurns(PASSWORDS)
  const hash: HashPassword = (password) => passwords.take(() => preparePassword(password, deps.random))

  /** Where nobody was authenticated, its source is throttled, and the audit log hears of it. */
  const failAuthentication = async (request: ControlRequest, error: unknown): Promise<never> => {
    if (!(error instanceof AuthenticationFailure)) throw error
    refuseTooMany(throttle, request.ip)
    throttle.failed(request.ip)
    await recordAuthentication(services, request, error)
    throw error
  }

  const denied = async (route: Route, attempted: Attempted, error: unknown): Promise<never> => {
    if (error instanceof ServiceError && error.fault.type === 'permissions_denied') {
      const [first] = error.fault.details
      await services.logs.recordRefusal(attempted.actor, {
        resource_type: first?.resource ?? '',
        resource_id: '',
        organization_id: attempted.organizationId,
        remark: `${route.name}: ${error.message}`,
      })
    }
    throw error
  }

  const answerCaller = async (
    request: ControlRequest,
    { route, params }: Match,
    { prepare, run }: Extract<Handler, { kind: 'guarded' }>,
  ): Promise<unknown> => {
    const authenticated = async (from: Services, time: number): Promise<Caller> => {
      const facts: CallFacts = { ip: request.ip, userAgent: request.userAgent, time, operation: route.name }
      const credential = readCredential(request.authToken, request.sessionToken)
      return callerOf(from, await identify(from, credential, time), facts)
    }
    const caller = await authenticated(services, deps.now()).catch((error: unknown) =>
      failAuthentication(request, error),
    )

    const attempted = { actor: caller.actor, organizationId: caller.identity.bearer.organization_id }
    try {
      requireNeeds(route, caller)
      const given = await argumentsOf(request, route, params)
      const body = prepare === null ? given.body : await prepare(given.body, hash)
      const work = async (from: Services): Promise<unknown> => {
        const now = deps.now()
        const current = await authenticated(from, now)
        requireNeeds(route, current)
        return run({
          ...given,
          body,
          services: guard(from, current),
          caller: current,
          actor: current.actor,
          organizationId: current.identity.bearer.organization_id,
          now,
          quotas: deps.quotas,
        })
      }
      return await (route.effect === 'reads' ? work(services) : services.inTransaction(caller.actor, work))
    } catch (error) {
      if (error instanceof AuthenticationFailure) return failAuthentication(request, error)
      return denied(route, attempted, error)
    }
  }

  const answerAnybody = async (
    request: ControlRequest,
    { route, params }: Match,
    run: (call: PublicCall<never, never, never>) => unknown,
  ): Promise<unknown> => {
    const actor: Actor = { bearer_id: '', ip: request.ip, user_agent: request.userAgent }
    return run({
      ...(await argumentsOf(request, route, params)),
      attempts: {
        login: async (login) => {
          refuseTooMany(throttle, request.ip)
          // Counted before its outcome is known, or many at once would all pass.
          throttle.failed(request.ip)
          try {
            const opened = await passwords.take(() => logIn(services, actor, login))
            throttle.forgive(request.ip)
            return opened
          } catch (error) {
            // What was not tried was no failed attempt.
            if (!(error instanceof AuthenticationFailure)) throttle.forgive(request.ip)
            else await recordAuthentication(services, request, error)
            throw error
          }
        },
      },
    })
  }

  return async (request) => {
    const match = router.find(request.method, request.path)
    const { handle } = match.route
    const body =
      handle.kind === 'public'
        ? await answerAnybody(request, match, handle.run)
        : await answerCaller(request, match, handle)
    return { body: match.route.answer === null ? null : body }
  }
}

async function argumentsOf(
  request: ControlRequest,
  { query, body }: Route,
  params: Match['params'],
): Promise<{ readonly params: never; readonly query: never; readonly body: never }> {
  const given = {
    params: parseParameters(params),
    query: parse(query, readQuery(request.query)),
    body: body === null ? {} : parse(body, readJson(await request.body())),
  }
  // The route's own declaration has settled the types.
  return given as { params: never; query: never; body: never }
}

function requireNeeds({ needs }: Route, { authority, identity }: Caller): void {
  if (identity.restricted) {
    throw new ServiceError({
      type: 'permissions_denied',
      details: [{ resource: 'access_key', action: 'use' }],
      help_message: 'a restricted key has no rights on the control plane',
    })
  }
  if (needs === 'caller' || needs === 'nobody-in-particular') return
  if (needs.some((permission) => authority.may(permission))) return
  throw new ServiceError({
    type: 'permissions_denied',
    details: needs.map((permission) => {
      const [resource = '', action = ''] = permission.split(':')
      return { resource, action }
    }),
    help_message: `this needs ${needs.join(' or ')}`,
  })
}

/** @throws ControlError `too_many_requests` */
function refuseTooMany(throttle: AttemptThrottle, ip: string): void {
  const wait = throttle.waitSeconds(ip)
  if (wait === 0) return
  throw new ControlError({
    type: 'too_many_requests',
    help_message: 'too many failed attempts from this address',
    limit: throttle.limit,
    reset_seconds: wait,
  })
}

function recordAuthentication(
  { logs }: Services,
  { ip, userAgent, method, path }: ControlRequest,
  { message, bearerId, organizationId }: AuthenticationFailure,
): Promise<void> {
  return logs.recordRefusal(
    { bearer_id: bearerId, ip, user_agent: userAgent },
    {
      resource_type: 'authentication',
      resource_id: '',
      organization_id: organizationId,
      remark: `${method} ${path.slice(0, 255)}: ${message}`,
    },
  )
}
