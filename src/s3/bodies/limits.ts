/**
 * How long a body may be that the gate reads whole before it acts.
 */
import type { OperationName } from '../operations/table.ts'

const KIB = 1024

/** A thousand keys of 1024 bytes, and their mark-up. */
const DELETE_OBJECTS = 2048 * KIB
/** Ten thousand parts with an entity tag and a checksum each. */
const COMPLETE_MULTIPART_UPLOAD = 4096 * KIB
/** A thousand lifecycle rules; the longest of the configurations. */
const CONFIGURATION = 1024 * KIB

/** In bytes. */
export function maxBodyBytes(operation: OperationName): number {
  switch (operation) {
    case 'DeleteObjects':
      return DELETE_OBJECTS
    case 'CompleteMultipartUpload':
      return COMPLETE_MULTIPART_UPLOAD
    default:
      return CONFIGURATION
  }
}
