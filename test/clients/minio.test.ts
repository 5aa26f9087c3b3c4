import { onMinio } from '../minio/minio.ts'
import { clients } from './suite.ts'

onMinio((minio) => clients('minio', minio, 'http'))
