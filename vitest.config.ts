import { defineConfig } from 'vitest/config'

/**
 * One project per environment a test needs: `unit` needs nothing, `embedded` starts the gate over the embedded or a
 * recording backend, `ceph` starts the gate over Ceph RGW (Debian's packages), `minio` over MinIO (built by test/support/tools.sh).
 */
const project = (name: string, include: string[], timeout: number, globalSetup: string[] = []) => ({
  test: {
    name,
    include,
    exclude: ['node_modules/**'],
    testTimeout: timeout,
    hookTimeout: timeout,
    pool: 'forks' as const,
    globalSetup,
  },
})

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        [
          'test/{access,s3,sigv4,iam,store,services,proxy,embedded,cli,config,control,observe,architecture}/**/*.test.ts',
          'test/docs/*.test.ts',
          'test/package/*.test.ts',
        ],
        30_000,
      ),
      project(
        'embedded',
        ['test/{embedded-gate,attacks,docs/commands,fuzz,conformance,bench,habits}/**/*.test.ts'],
        120_000,
      ),
      project('endurance', ['test/{tenants,chaos,endurance,fuzz}/**/*.test.ts'], 600_000, [
        'test/support/ceph.ts',
      ]),
      project('package', ['test/package/install/**/*.test.ts'], 600_000),
      project('minio', ['test/minio/**/*.test.ts'], 120_000, ['test/support/minio.ts']),
      project('clients', ['test/clients/*.test.ts'], 300_000, [
        'test/support/ceph.ts',
        'test/support/minio.ts',
      ]),
      project('clients-https', ['test/clients/https/*.test.ts'], 300_000, [
        'test/support/ceph.ts',
        'test/support/minio.ts',
      ]),
      project('ceph', ['test/ceph/**/*.test.ts'], 120_000, ['test/support/ceph.ts']),
    ],
  },
})
