import { conformance } from './conformance.ts'

conformance('embedded', undefined)
