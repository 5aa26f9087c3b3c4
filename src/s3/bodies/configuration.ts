/**
 * Bodies of configuration: parsed by their schema, and written anew from what was parsed.
 */

import type { Opened } from '../opened.ts'
import type { OperationName } from '../operations/table.ts'
import { serializeDocument } from '../xml-writer.ts'
import { CONFIGURATION_BODIES, type ConfigurationOperation } from './configuration-schemas.ts'
import { parseRoot } from './fields.ts'
import { conform } from './schema.ts'

export type { ConfigurationOperation }

export interface ConfigurationBody {
  /** What goes to the backend. */
  readonly bytes: Buffer
  /** Buckets that the configuration makes the store write into; each needs a permission of its own. */
  readonly buckets: readonly string[]
}

export function isConfigurationOperation(name: OperationName): name is ConfigurationOperation {
  return Object.hasOwn(CONFIGURATION_BODIES, name)
}

/**
 * @param opened what the operator opened for the bucket's backend
 * @throws S3Error `MalformedXML`, `NotImplemented` for what is not open, `InvalidArgument`
 */
export function readConfiguration(
  operation: ConfigurationOperation,
  bytes: Uint8Array,
  opened: Opened,
): ConfigurationBody {
  const { root, schema } = CONFIGURATION_BODIES[operation]
  const { element, buckets } = conform(parseRoot(bytes, root), schema, opened)
  return { bytes: serializeDocument(element), buckets }
}
