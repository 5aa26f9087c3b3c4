import { describe, expect, it } from 'vitest'
import { createLimits } from '../../src/proxy/limits.ts'
import { createFailureThrottle } from '../../src/proxy/throttle.ts'
import { S3Error } from '../../src/s3/error.ts'

describe('failed signatures', () => {
  const settings = { burst: 3, perSecond: 1, sources: 2 }

  it('allows a burst, then refuses, and forgives with time', () => {
    let now = 0
    const throttle = createFailureThrottle(settings, () => now)
    expect([1, 2, 3, 4].map(() => throttle.failed('a'))).toEqual([false, false, false, true])
    now += 3_000
    expect([1, 2].map(() => throttle.failed('a'))).toEqual([false, false])
    expect(throttle.failed('a')).toBe(true)
  })

  it('keeps sources apart', () => {
    const throttle = createFailureThrottle(settings, () => 0)
    for (let i = 0; i < 10; i++) throttle.failed('a')
    expect(throttle.failed('b')).toBe(false)
  })

  it('takes the network of IPv6 addresses for one, whose addresses are for whoever has it to choose', () => {
    const throttle = createFailureThrottle(settings, () => 0)
    const failed = (ip: string) => throttle.failed(ip)
    expect(['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::4'].map(failed)).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(failed('2001:db8:0:1::1')).toBe(false)
  })

  it('is bounded: the source that failed longest ago is forgotten first', () => {
    const throttle = createFailureThrottle(settings, () => 0)
    for (let i = 0; i < 4; i++) throttle.failed('a')
    throttle.failed('b')
    throttle.failed('c')
    expect(throttle.failed('a')).toBe(false)
  })

  it('never owes more than twice the burst', () => {
    let now = 0
    const throttle = createFailureThrottle(settings, () => now)
    for (let i = 0; i < 1_000; i++) throttle.failed('a')
    now += 6_000
    expect(throttle.failed('a')).toBe(false)
  })
})

describe('limits', () => {
  const none = { concurrency: 0, perSecond: 0 }
  const slowDown = (call: () => unknown): boolean => {
    try {
      call()
      return false
    } catch (error) {
      return error instanceof S3Error && error.code === 'SlowDown'
    }
  }

  it('count what is in flight, and give places back', () => {
    const limits = createLimits({ concurrency: 2, perSecond: 0 }, none, () => 0)
    const leave = limits.admit('k', 'p')
    limits.admit('k', 'p')
    expect(slowDown(() => limits.admit('k', 'p'))).toBe(true)
    expect(slowDown(() => limits.admit('other', 'p'))).toBe(false)
    leave()
    expect(slowDown(() => limits.admit('k', 'p'))).toBe(false)
  })

  it('refill with time, up to one second of them', () => {
    let now = 0
    const limits = createLimits(none, { concurrency: 0, perSecond: 2 }, () => now)
    const admitted = () => {
      let count = 0
      while (count < 10 && !slowDown(() => limits.admit('k', 'p')())) count += 1
      return count
    }
    expect(admitted()).toBe(2)
    now += 500
    expect(admitted()).toBe(1)
    now += 60_000
    expect(admitted()).toBe(2)
  })

  it('give the key back its place where the project refuses', () => {
    const limits = createLimits({ concurrency: 1, perSecond: 0 }, { concurrency: 1, perSecond: 0 }, () => 0)
    const leave = limits.admit('a', 'p')
    expect(slowDown(() => limits.admit('b', 'p'))).toBe(true)
    leave()
    expect(slowDown(() => limits.admit('b', 'p'))).toBe(false)
  })
})
