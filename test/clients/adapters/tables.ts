/** A database in a process that reads and writes files in S3: chdb (ClickHouse). */
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
