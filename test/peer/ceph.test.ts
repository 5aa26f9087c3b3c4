import { inject } from 'vitest'
import { makeCeph, makeTenant } from './stands.ts'
import { peer } from './suite.ts'

const ceph = inject('ceph')
const environment = inject('cephEnvironment')

peer(
  'ceph',
  ceph === null
    ? null
    : { forJudging: makeCeph(ceph, environment), forTheGate: makeTenant(ceph, environment) },
)
