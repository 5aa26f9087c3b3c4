/** Apache OpenDAL, for Python. https://opendal.apache.org/docs/bindings/python/ */
import { Cannot, type ClientAccess, type ClientAdapter, NO_TABLES, type Session, USUAL } from '../client.ts'
import { driven, LIBRARIES, pythonDriver } from './driven.ts'

const ONE_BUCKET = new Cannot('an operator of its is a bucket that is there')

export const opendal: ClientAdapter = {
  name: 'OpenDAL',
  needs: [LIBRARIES.installed],
  ...USUAL,
  emptySegments: new Cannot('paths are cleaned: `a//b` is `a/b`'),
  acrossBuckets: ONE_BUCKET,
  copySource: 'as seen',
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const noTags = new Cannot('it knows no tags')
  return {
    ...driven(pythonDriver(LIBRARIES.python, 'drive_opendal.py'), access, {
      SSL_CERT_FILE: access.authority,
    }),
    makeBucket: ONE_BUCKET,
    buckets: ONE_BUCKET,
    removeBucket: ONE_BUCKET,
    setTags: noTags,
    tags: noTags,
    attributes: new Cannot('it has no call for them'),
    table: NO_TABLES,
  }
}
