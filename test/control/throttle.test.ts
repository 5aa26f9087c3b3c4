/** Who has failed too often waits; nobody else does. */
import { describe, expect, test } from 'vitest'
import { createAttemptThrottle } from '../../src/control/throttle.ts'
import { createTurns } from '../../src/control/turns.ts'

describe('sources', () => {
  const exhausted = (ip: string) => {
    const throttle = createAttemptThrottle({ perMinute: 2, sources: 16 }, () => 0)
    throttle.failed(ip)
    throttle.failed(ip)
    return throttle
  }

  test.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['2001:db8:0:1::1', '2001:db8:0:1::1', true],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['', '', true],
  ])('%s failed too often: does %s wait? %s', (failed, asked, waits) => {
    expect(exhausted(failed).waitSeconds(asked) > 0).toBe(waits)
  })

  test('what is taken back was no failure', () => {
    const throttle = exhausted('2001:db8::1')
    throttle.forgive('2001:db8::2')
    expect(throttle.waitSeconds('2001:db8::1')).toBe(0)
  })
})

describe('turns', () => {
  test('only so much is in progress at once, the rest in its order, and too much is turned away', async () => {
    const { take } = createTurns({ atOnce: 2, waiting: 2 })
    const begun: number[] = []
    const finish: (() => void)[] = []
    const work = (which: number) =>
      take(() => {
        begun.push(which)
        return new Promise<number>((resolve, reject) => {
          finish[which] = () => (which === 0 ? reject(new Error('failed')) : resolve(which))
        })
      })
    const all = [0, 1, 2, 3, 4].map((which) => work(which).catch((error: Error) => error.message))
    expect(await all[4]).toBe('too much of this is in progress: try again')
    expect(begun).toEqual([0, 1])
    finish[0]!()
    expect(await all[0]).toBe('failed')
    await expect.poll(() => begun).toEqual([0, 1, 2])
    finish[1]!()
    await expect.poll(() => begun).toEqual([0, 1, 2, 3])
    finish[2]!()
    finish[3]!()
    expect(await Promise.all(all)).toEqual(['failed', 1, 2, 3, 'too much of this is in progress: try again'])
    // All turns are free again.
    void work(5)
    void work(6)
    expect(begun).toEqual([0, 1, 2, 3, 5, 6])
  })
})
