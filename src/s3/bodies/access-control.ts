/**
 * Access control lists. To a client the owner of everything is the project; at the backend it is the gate. Only a list
 * that says no more than "the owner has full control" means the same to both.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
 */
import type { XmlElement } from '../xml.ts'
import {
  childrenNamed,
  onlyChildren,
  optionalChild,
  optionalText,
  parseRoot,
  requiredChild,
  requiredText,
} from './fields.ts'

const GRANTEE = ['ID', 'DisplayName', 'EmailAddress', 'URI', 'Type'] as const

/**
 * True where the body gives full control to the owner and nothing to anybody else: then it can be forwarded as the
 * canned ACL `private`.
 *
 * @throws S3Error `MalformedXML`
 */
export function isPrivateAcl(bytes: Uint8Array, ownerId: string): boolean {
  const root = parseRoot(bytes, 'AccessControlPolicy')
  onlyChildren(root, ['Owner', 'AccessControlList'])
  const owner = optionalChild(root, 'Owner')
  if (owner !== undefined && optionalText(owner, 'ID') !== ownerId) return false
  const list = requiredChild(root, 'AccessControlList')
  onlyChildren(list, ['Grant'])
  const grants = childrenNamed(list, 'Grant')
  return grants.length === 1 && grants.every((grant) => isOwnersFullControl(grant, ownerId))
}

function isOwnersFullControl(grant: XmlElement, ownerId: string): boolean {
  onlyChildren(grant, ['Grantee', 'Permission'])
  const grantee = requiredChild(grant, 'Grantee')
  onlyChildren(grantee, GRANTEE)
  return (
    optionalText(grantee, 'ID') === ownerId &&
    optionalText(grantee, 'EmailAddress') === null &&
    optionalText(grantee, 'URI') === null &&
    requiredText(grant, 'Permission') === 'FULL_CONTROL'
  )
}
