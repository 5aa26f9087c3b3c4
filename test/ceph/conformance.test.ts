import { besideTheBackendAlone } from '../conformance/alone.ts'
import { conformance } from '../conformance/conformance.ts'
import { onCeph } from './ceph.ts'

onCeph((ceph) => {
  conformance('ceph', ceph)
  besideTheBackendAlone('ceph', ceph)
})
