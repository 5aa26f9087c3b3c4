/** `/metadata`: what `scw` asks a platform about itself. */
import { z } from 'zod'
import { publicRoute, type Route } from '../route.ts'

const METADATA = { platform: 'external', partition: 'scw', domain: 'scw.eu' } as const

const get = publicRoute({
  name: 'GetMetadata',
  method: 'GET',
  path: '/metadata',
  about: 'What kind of platform this is.',
  answer: z.object({ platform: z.string(), partition: z.string(), domain: z.string() }),
  handle: () => METADATA,
})

export const METADATA_ROUTES: readonly Route[] = [get]
