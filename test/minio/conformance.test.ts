import { besideTheBackendAlone } from '../conformance/alone.ts'
import { conformance } from '../conformance/conformance.ts'
import { onMinio } from './minio.ts'

onMinio((minio) => {
  conformance('minio', minio)
  besideTheBackendAlone('minio', minio)
})
