import { behaviour } from '../behaviour/suite.ts'

behaviour('embedded', undefined)
