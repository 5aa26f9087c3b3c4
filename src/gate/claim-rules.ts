/** What a request may claim, and by which names it may know the gate, as the configuration says. */
import type { Config } from '../config.ts'
import type { IamReader } from '../iam/reader.ts'
import { createNames, type Names, publicEndpoint } from '../s3/names.ts'
import type { ClaimRules } from '../sigv4/claim.ts'
import { scopeRules } from '../sigv4/credential.ts'

export function claimRules(config: Config, reader: IamReader): ClaimRules {
  const scope = scopeRules([config.region, ...config.regions])
  return {
    scope: {
      ...scope,
      // Where a bucket is, is told to clients, and they sign with what they are told.
      regions: { has: (region) => scope.regions.has(region) || reader.backendRegions().has(region) },
    },
    maxExpiresSeconds: Math.floor(config.presign_max_expiry / 1000),
    sigV2: config.sigv2 ? 'accepted' : 'refused',
  }
}

export function configuredNames({ domains, public_endpoints }: Config): Names {
  return createNames({ domains, endpoints: public_endpoints.map(publicEndpoint) })
}
