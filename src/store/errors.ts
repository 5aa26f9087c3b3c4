/** What can go wrong in the store beside {@link StoreUnavailable}, which the data path's interface owns. */

/** Why a store cannot be opened. Each message says what to do. */
export type OpenFault =
  /** The master key is not the one that the data key was wrapped with. */
  | 'wrong-master-key'
  /** There is a database, but no master key was given and its file is gone. */
  | 'missing-master-key'
  /** The given master key, or the file's content, is not 32 bytes in base64 or hex. */
  | 'malformed-master-key'
  /** A later version of the program made this database. */
  | 'newer-schema'
  /** The directory, or the database's file in it, cannot be made or opened for writing. */
  | 'unusable-directory'

/** The store was not opened; nothing was changed. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
  readonly fault: OpenFault

  constructor(fault: OpenFault, message: string, cause?: unknown) {
    super(message, { cause })
    this.fault = fault
  }
}

/** A backup was not written, or not restored; what was there before still is. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'

  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** A record was not written because another one has the same values in columns that must be unique. */
export class DuplicateEntry extends Error {
  override readonly name = 'DuplicateEntry'
  readonly table: string
  readonly columns: readonly string[]

  constructor(table: string, columns: readonly string[]) {
    super(`another row of ${table} has the same ${columns.join(', ')}`)
    this.table = table
    this.columns = columns
  }
}

/** A record was not written or deleted because others refer to it, or it refers to one that is not there. */
export class DanglingReference extends Error {
  override readonly name = 'DanglingReference'
}
