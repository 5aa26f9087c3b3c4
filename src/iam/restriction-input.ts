/** The resources that restrict a key, as they are written. */
import { isBucketName } from '../s3/bucket-name.ts'
import type { BucketResource } from './model.ts'

/** The only kind of resource a key can be restricted to. */
const RESOURCE_KIND = 'sos/bucket:'

/** Why `text` names no resource, as a sentence without its full stop. */
export class InvalidResource extends Error {
  override readonly name = 'InvalidResource'
}

/**
 * `sos/bucket:NAME` for a whole bucket, `sos/bucket:NAME/PREFIX*` for what lies below a prefix in it.
 * @throws InvalidResource
 */
export function parseResource(text: string): BucketResource {
  if (!text.startsWith(RESOURCE_KIND)) {
    throw new InvalidResource(
      `\`${text}\` is no resource of the kind \`sos/bucket:NAME\`, the only one there is`,
    )
  }
  const rest = text.slice(RESOURCE_KIND.length)
  const slash = rest.indexOf('/')
  const bucket = slash === -1 ? rest : rest.slice(0, slash)
  if (!isBucketName(bucket)) throw new InvalidResource(`\`${bucket}\` in \`${text}\` is no bucket name`)
  if (slash === -1) return { bucket, prefix: null }

  const pattern = rest.slice(slash + 1)
  if (!pattern.endsWith('*')) {
    throw new InvalidResource(`a prefix ends with \`*\`, as in \`${RESOURCE_KIND}${bucket}/${pattern}*\``)
  }
  const prefix = pattern.slice(0, -1)
  if (prefix.includes('*')) {
    throw new InvalidResource(`\`*\` stands at the end of a prefix only, and \`${text}\` has another`)
  }
  return { bucket, prefix }
}

/** The inverse of {@link parseResource}. */
export function formatResource({ bucket, prefix }: BucketResource): string {
  return prefix === null ? `${RESOURCE_KIND}${bucket}` : `${RESOURCE_KIND}${bucket}/${prefix}*`
}
