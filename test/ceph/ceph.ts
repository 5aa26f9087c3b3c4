/** Ceph as the global set-up started it. */
import { describe, inject, test } from 'vitest'
import type { BackendSettings } from '../support/gate.ts'

/** Registers tests over Ceph, or one that says that Ceph is missing. */
export function onCeph(body: (ceph: BackendSettings) => void): void {
  const ceph = inject('ceph')
  if (ceph === null) test.skip('over Ceph (skipped: radosgw is not installed)', () => {})
  else describe('over Ceph', () => body(ceph))
}
