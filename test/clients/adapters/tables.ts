/** Databases in a process that read and write files in S3: chdb (ClickHouse) and DuckDB. */
import { Cannot, type ClientAdapter, USUAL } from '../client.ts'
import { driven, LIBRARIES, pythonDriver } from './driven.ts'

const QUERIES = new Cannot('its queries read and write files, and know nothing else of S3')

const NO_ABILITIES = {
  makeBucket: QUERIES,
  buckets: QUERIES,
  removeBucket: QUERIES,
  range: QUERIES,
  copy: QUERIES,
  setTags: QUERIES,
  tags: QUERIES,
  uploadWithMetadata: QUERIES,
  metadata: QUERIES,
  attributes: QUERIES,
  presignGet: QUERIES,
  presignPut: QUERIES,
  remove: QUERIES,
  removeMany: QUERIES,
} as const

/** By the table function `s3`. https://clickhouse.com/docs/sql-reference/table-functions/s3 */
export const chdb: ClientAdapter = {
  name: 'chdb',
  needs: [LIBRARIES.installed],
  ...USUAL,
  emptySegments: new Cannot('it takes no key with `//` in it'),
  without: { '{2}': 'braces are a pattern' },
  open: async (access) => ({
    ...driven(pythonDriver(LIBRARIES.python, 'drive_chdb.py'), access, { SSL_CERT_FILE: access.authority }),
    ...NO_ABILITIES,
  }),
}

/** By its extension httpfs. https://duckdb.org/docs/stable/core_extensions/httpfs/s3api */
export const duckdb: ClientAdapter = {
  name: 'DuckDB',
  needs: [LIBRARIES.installed],
  ...USUAL,
  // It looks whether the file is there, and tries once more.
  requestsWhenRefused: 2,
  without: {
    '[1]': 'brackets are a pattern',
    "'": 'it does not know `&apos;`, which Ceph writes in lists',
    'empty.bin': 'it writes no file without a row',
  },
  open: async (access) => ({
    ...driven(pythonDriver(LIBRARIES.python, 'drive_duckdb.py'), access),
    ...NO_ABILITIES,
  }),
}
