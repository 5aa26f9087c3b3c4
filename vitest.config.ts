import { defineConfig } from 'vitest/config'

/**
 * One project per environment a test needs: `unit` needs nothing, `embedded` starts the gate over the embedded
 * backend, `ceph` needs Debian's Ceph packages and clients (run by .ci/run).
 */
const project = (name: string, include: string[], timeout: number) => ({
  test: {
    name,
    include,
    exclude: ['node_modules/**'],
    testTimeout: timeout,
    hookTimeout: timeout,
    pool: 'forks' as const,
  },
})

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        ['test/{s3,sigv4,iam,store,services,proxy,embedded,cli,observe,architecture}/**/*.test.ts'],
        30_000,
      ),
      project('embedded', ['test/embedded-gate/**/*.test.ts', 'test/attacks/**/*.test.ts'], 60_000),
      project('ceph', ['test/ceph/**/*.test.ts'], 120_000),
    ],
  },
})
