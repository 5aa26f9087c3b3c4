/** MinIO as the global set-up started it. */
import { describe, inject, test } from 'vitest'
import type { BackendSettings } from '../support/gate.ts'

/** Registers tests over MinIO, or one that says that MinIO is missing. */
export function onMinio(body: (minio: BackendSettings) => void): void {
  const minio = inject('minio')
  if (minio === null)
    test.skip('over MinIO (skipped: minio is not built, see test/support/tools.sh)', () => {})
  else describe('over MinIO', () => body(minio))
}
