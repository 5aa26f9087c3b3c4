import { describe, expect, it } from 'vitest'
import { takeOver } from '../../src/config/reload.ts'
import { type Config, loadConfig } from '../../src/config.ts'

const BACKEND = {
  S3WARDEN_BACKEND_ENDPOINT: 'http://a',
  S3WARDEN_BACKEND_ACCESS_KEY: 'GATE',
  S3WARDEN_BACKEND_SECRET_KEY: 'one',
}

const config = (environment: Record<string, string> = {}): Config => loadConfig({ flags: {}, environment })

describe('a configuration that was read anew', () => {
  it('is taken over where that is safe, and waits for a restart elsewhere', () => {
    const next = config({
      S3WARDEN_LOG_LEVEL: 'debug',
      S3WARDEN_LIMITS_RATE_PER_KEY: '5',
      S3WARDEN_TRUSTED_PROXIES: '10.0.0.0/8',
      S3WARDEN_LISTEN: '127.0.0.1:1',
      S3WARDEN_CACHE_KEYS: '99',
    })
    const { config: taken, awaitingRestart } = takeOver(config(), next)
    expect(taken.log_level).toBe('debug')
    expect(taken.limits.rate_per_key).toBe(5)
    expect(taken.trusted_proxies).toEqual(next.trusted_proxies)
    expect(taken.listen.port).toBe(8484)
    expect(taken.cache.keys).toBe(10_000)
    expect(awaitingRestart).toEqual(['listen', 'cache.keys'])
  })

  it('brings a new backend credential', () => {
    const { config: taken, awaitingRestart } = takeOver(
      config(BACKEND),
      config({ ...BACKEND, S3WARDEN_BACKEND_SECRET_KEY: 'two' }),
    )
    expect(taken.backend?.secret_key.reveal()).toBe('two')
    expect(awaitingRestart).toEqual([])
  })

  it('cannot bring a backend where there was none', () => {
    const { config: taken, awaitingRestart } = takeOver(config(), config(BACKEND))
    expect(taken.backend).toBeNull()
    expect(awaitingRestart).toContain('backend.endpoint')
  })

  it('changes nothing where it is the same', () => {
    const running = config(BACKEND)
    expect(takeOver(running, config(BACKEND)).awaitingRestart).toEqual([])
  })
})
