/** First steps: what a newcomer needs to use the gate at all, created where it is missing. */
import type { Actor } from '../iam/reader.ts'
import type { Secret } from '../iam/secret.ts'

export interface BootstrapResult {
  readonly organization_id: string
  readonly project_id: string
  readonly application_id: string
  readonly access_key: string
  /** Only when the key has just been made. */
  readonly secret_key: Secret | null
}

export interface Bootstrap {
  /** True where no organization was ever made. */
  storeIsEmpty(): Promise<boolean>
  /**
   * An organization with its owner and default project, an application `bootstrap` with a policy
   * (ObjectStorageFullAccess on that project) and a key: each created only where it is missing.
   */
  run(actor: Actor): Promise<BootstrapResult>
}
