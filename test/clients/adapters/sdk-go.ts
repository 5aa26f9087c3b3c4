/** The AWS SDK for Go 2 with its transfer manager, and the program in `go` that drives it. */
import { cached } from '../../support/cache.ts'
import { type ClientAdapter, NO_TABLES, USUAL } from '../client.ts'
import { driven } from './driven.ts'

const DRIVER = cached('bin/drive-go')

export const sdkGo: ClientAdapter = {
  name: 'AWS SDK for Go',
  needs: [DRIVER],
  ...USUAL,
  open: async (access) => ({
    ...driven([DRIVER], access, {
      AWS_ENDPOINT_URL_S3: access.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_CA_BUNDLE: access.authority,
    }),
    table: NO_TABLES,
  }),
}
