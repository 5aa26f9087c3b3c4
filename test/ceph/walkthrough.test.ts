import { conditions } from '../behaviour/conditions.ts'
import { walkthrough } from '../behaviour/walkthrough.ts'
import { onCeph } from './ceph.ts'

onCeph((ceph) => {
  walkthrough(ceph)
  conditions(ceph)
})
