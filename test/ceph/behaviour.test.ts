import { behaviour } from '../behaviour/suite.ts'
import { onCeph } from './ceph.ts'

onCeph((ceph) => behaviour('ceph', ceph))
