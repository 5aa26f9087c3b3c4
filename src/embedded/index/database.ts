/**
 * The embedded store's index: one SQLite database that says which buckets, object versions and uploads there are and
 * which pieces of which blob files hold their bytes. A blob file is on disk before a row names it, and a row is gone
 * before its file is: a crash at any moment leaves at worst files that no row names, which the next start sweeps.
 *
 * The database is this process's alone (`locking_mode`), and a commit is durable when it returns (`synchronous`).
 * https://www.sqlite.org/pragma.html#pragma_locking_mode · https://www.sqlite.org/wal.html
 */
import Database from 'better-sqlite3'

export type IndexDatabase = Database.Database

const SCHEMA_VERSION = 1

/** Keys are blobs, their UTF-8 bytes, since that is the order in which S3 lists them and BINARY collation sorts. */
const SCHEMA = `
CREATE TABLE bucket (
  name       TEXT NOT NULL PRIMARY KEY,
  created_at INTEGER NOT NULL,
  versioning TEXT NOT NULL CHECK (versioning IN ('off', 'enabled', 'suspended')),
  tags       TEXT
) STRICT, WITHOUT ROWID;

-- The bytes of one object version or one part, and what is known of them.
CREATE TABLE content (
  id                 INTEGER PRIMARY KEY,
  size               INTEGER NOT NULL,
  etag               TEXT NOT NULL,
  checksum_algorithm TEXT,
  checksum_type      TEXT,
  checksum_value     TEXT
) STRICT;

-- Where the bytes are: non-empty pieces of blob files, by position in the content. Blobs may be shared.
CREATE TABLE segment (
  content     INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
  start       INTEGER NOT NULL,
  blob        TEXT NOT NULL,
  blob_offset INTEGER NOT NULL,
  length      INTEGER NOT NULL CHECK (length > 0),
  PRIMARY KEY (content, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_by_blob ON segment (blob);

-- The parts that a completed multipart upload was made of.
CREATE TABLE object_part (
  content        INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
  number         INTEGER NOT NULL,
  start          INTEGER NOT NULL,
  size           INTEGER NOT NULL,
  checksum_value TEXT,
  PRIMARY KEY (content, number)
) STRICT, WITHOUT ROWID;

-- Of two versions of a key the newer has the larger id. A version without content is a delete marker.
CREATE TABLE version (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  bucket     TEXT NOT NULL REFERENCES bucket (name),
  key        BLOB NOT NULL,
  version_id TEXT NOT NULL,
  latest     INTEGER NOT NULL CHECK (latest IN (0, 1)),
  created_at INTEGER NOT NULL,
  content    INTEGER UNIQUE REFERENCES content (id),
  headers    TEXT NOT NULL,
  tags       TEXT NOT NULL,
  UNIQUE (bucket, key, version_id)
) STRICT;
CREATE INDEX version_by_key ON version (bucket, key, id DESC);
CREATE INDEX current_object ON version (bucket, key) WHERE latest = 1 AND content IS NOT NULL;

CREATE TABLE upload (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  bucket             TEXT NOT NULL REFERENCES bucket (name),
  key                BLOB NOT NULL,
  upload_id          TEXT NOT NULL UNIQUE,
  created_at         INTEGER NOT NULL,
  checksum_algorithm TEXT,
  checksum_type      TEXT,
  headers            TEXT NOT NULL,
  tags               TEXT NOT NULL
) STRICT;
CREATE INDEX upload_by_key ON upload (bucket, key, id);

CREATE TABLE part (
  upload     INTEGER NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
  number     INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  content    INTEGER NOT NULL UNIQUE REFERENCES content (id),
  PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;
`

/**
 * Opens the index at `path`, making it where there is none.
 *
 * @throws Error where another process has it open, or where a newer release made it
 */
export function openIndexDatabase(path: string): IndexDatabase {
  const database = new Database(path, { timeout: 2_000 })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.transaction(() => migrate(database, path)).exclusive()
  } catch (cause) {
    database.close()
    if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')) {
      throw new Error(`${path} is in use by another process`, { cause })
    }
    throw cause
  }
  return database
}

function migrate(database: IndexDatabase, path: string): void {
  const version = database.pragma('user_version', { simple: true })
  if (version === SCHEMA_VERSION) return
  if (version !== 0) throw new Error(`${path} was made by another release (its schema is ${String(version)})`)
  database.exec(SCHEMA)
  database.pragma(`user_version = ${SCHEMA_VERSION}`)
}
