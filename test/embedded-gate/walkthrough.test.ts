import { conditions } from '../behaviour/conditions.ts'
import { walkthrough } from '../behaviour/walkthrough.ts'

walkthrough(undefined)
conditions(undefined)
