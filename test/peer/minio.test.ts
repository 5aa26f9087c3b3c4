import { inject } from 'vitest'
import { makeMinio } from './stands.ts'
import { peer } from './suite.ts'

peer('minio', inject('minio') === null ? null : { forJudging: makeMinio, forTheGate: makeMinio })
