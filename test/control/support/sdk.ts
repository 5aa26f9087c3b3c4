/** Scaleway's own SDK, pointed at a control plane. */
import { Accountv3 } from '@scaleway/sdk-account'
import { createClient } from '@scaleway/sdk-client'
import { Iamv1alpha1 } from '@scaleway/sdk-iam'

export interface Profile {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly organizationId: string
  readonly projectId: string
}

export function createProfileClient({ endpoint, accessKey, secretKey, organizationId, projectId }: Profile) {
  const client = createClient({
    apiURL: endpoint,
    accessKey,
    secretKey,
    defaultOrganizationId: organizationId,
    defaultProjectId: projectId,
  })
  return { iam: new Iamv1alpha1.API(client), account: new Accountv3.ProjectAPI(client) }
}
