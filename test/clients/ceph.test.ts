import { onCeph } from '../ceph/ceph.ts'
import { clients } from './suite.ts'

onCeph((ceph) => clients('ceph', ceph, 'http'))
