/** Services over a store of their own, and what their refusals look like. */
import { expect } from 'vitest'
import { ServiceError, type ServiceFault } from '../../src/services/errors.ts'
import type { Services } from '../../src/services/services.ts'
import { makeWorld, type OpenTestStore, openTestStore, type World } from '../store/support/world.ts'

export { OPERATOR, type World } from '../store/support/world.ts'

export interface Setting extends OpenTestStore {
  readonly world: World
  readonly clock: { now: number }
}

export const START = Date.parse('2026-01-31T12:00:00.000Z')
export const UNKNOWN = '00000000-0000-4000-8000-000000000000'

export async function setUp(): Promise<Setting> {
  const clock = { now: START }
  const opened = await openTestStore(undefined, {}, () => clock.now)
  return { ...opened, clock, world: await makeWorld(opened.services) }
}

/** Why it was refused. Fails where it was not. */
export async function faultOf(call: Promise<unknown>): Promise<ServiceFault> {
  try {
    await call
  } catch (error) {
    if (error instanceof ServiceError) return error.fault
    throw error
  }
  return expect.unreachable('it was not refused')
}

/** `argument_name reason` of each fault, in order. */
export async function argumentFaults(call: Promise<unknown>): Promise<readonly string[]> {
  const fault = await faultOf(call)
  if (fault.type !== 'invalid_arguments') return [fault.type]
  return fault.details.map(({ argument_name, reason }) => `${argument_name} ${reason}`)
}

/** What the whole log says, for searching. */
export async function wholeLog(services: Services): Promise<string> {
  const { items } = await services.logs.list({ page_size: 1000 })
  return JSON.stringify(items)
}
