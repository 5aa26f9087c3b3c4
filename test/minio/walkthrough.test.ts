import { conditions } from '../behaviour/conditions.ts'
import { walkthrough } from '../behaviour/walkthrough.ts'
import { onMinio } from './minio.ts'

onMinio((minio) => {
  walkthrough(minio)
  conditions(minio)
})
