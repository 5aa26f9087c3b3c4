/** What of Scaleway's SDK there is here, and what is left out on purpose. */
import { Accountv3 } from '@scaleway/sdk-account'
import { createClient } from '@scaleway/sdk-client'
import { Iamv1alpha1 } from '@scaleway/sdk-iam'
import { expect, test } from 'vitest'
import { SCALEWAY_ROUTES } from '../../src/control/scaleway/index.ts'

/** Second factors, SAML, connected accounts, security settings, contracts: products of their own. */
const LEFT_OUT = [
  'addSamlCertificate',
  'createJWT',
  'createUserMFAOTP',
  'deleteSaml',
  'deleteSamlCertificate',
  'deleteUserMFAOTP',
  'enableOrganizationSaml',
  'getOrganization',
  'getOrganizationSaml',
  'getOrganizationSecuritySettings',
  'getUserConnections',
  'initiateUserConnection',
  'joinUserConnection',
  'listSamlCertificates',
  'parseSamlMetadata',
  'removeUserConnection',
  'setOrganizationAlias',
  'setProjectQualification',
  'updateOrganizationLoginMethods',
  'updateOrganizationSecuritySettings',
  'updateSaml',
  'validateUserMFAOTP',
]

test('every method of the SDK has its route, but for those that are left out', () => {
  const client = createClient({ apiURL: 'http://127.0.0.1:1' })
  const methods = [new Iamv1alpha1.API(client), new Accountv3.ProjectAPI(client)]
    .flatMap((api) => Object.keys(api))
    .filter((name) => name !== 'client' && !name.startsWith('pageOf'))
  const ours = SCALEWAY_ROUTES.filter(({ name }) => name !== 'GetMetadata').map(
    ({ name }) => name.charAt(0).toLowerCase() + name.slice(1),
  )
  expect([...ours, ...LEFT_OUT].toSorted()).toEqual(methods.toSorted())
})
