/** obstore: the `object_store` of Rust, for Python. https://developmentseed.org/obstore/ */
import { Cannot, type ClientAccess, type ClientAdapter, NO_TABLES, type Session, USUAL } from '../client.ts'
import { driven, LIBRARIES, pythonDriver } from './driven.ts'

const ONE_BUCKET = new Cannot('a store of its is a bucket that is there')

export const obstore: ClientAdapter = {
  name: 'obstore',
  needs: [LIBRARIES.installed],
  ...USUAL,
  emptySegments: new Cannot('paths with empty segments are refused'),
  acrossBuckets: ONE_BUCKET,
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const tags = new Cannot('it writes tags together with an object, and reads none')
  return {
    ...driven(pythonDriver(LIBRARIES.python, 'drive_obstore.py'), access),
    makeBucket: ONE_BUCKET,
    buckets: ONE_BUCKET,
    removeBucket: ONE_BUCKET,
    setTags: tags,
    tags,
    attributes: new Cannot('it has no call for them'),
    table: NO_TABLES,
  }
}
