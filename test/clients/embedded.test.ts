import { clients } from './suite.ts'

clients('embedded', undefined, 'http')
