import { describe, inject, test } from 'vitest'
import { behaviour } from '../behaviour/suite.ts'

const ceph = inject('ceph')

if (ceph !== null) behaviour('ceph', ceph)
else describe.skip('on ceph (skipped: radosgw is not installed)', () => test('behaviour', () => {}))
