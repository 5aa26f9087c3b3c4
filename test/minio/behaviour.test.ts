import { behaviour } from '../behaviour/suite.ts'
import { onMinio } from './minio.ts'

onMinio((minio) => behaviour('minio', minio))
