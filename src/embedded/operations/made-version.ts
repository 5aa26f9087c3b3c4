/** How an answer names the version that the request made. */
import type { HeaderList } from '../../s3/headers.ts'
import type { MadeVersion } from '../store.ts'

export function madeVersionHeaders({ versionId }: MadeVersion): HeaderList {
  return versionId === null ? [] : [['x-amz-version-id', versionId]]
}
