/** pyarrow's file system over S3, which is AWS's SDK for C++. https://arrow.apache.org/docs/python/filesystems.html */
import { Cannot, type ClientAccess, type ClientAdapter, type Session, USUAL } from '../client.ts'
import { driven, LIBRARIES, pythonDriver } from './driven.ts'

const FILES = new Cannot('a file system has no words for it')

export const pyarrow: ClientAdapter = {
  name: 'pyarrow',
  needs: [LIBRARIES.installed],
  ...USUAL,
  emptySegments: new Cannot('it refuses a path with `//` in it'),
  // It asks for a directory to be deleted, and that is with all that is in it.
  fullBuckets: 'emptied',
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  return {
    ...driven(pythonDriver(LIBRARIES.python, 'drive_pyarrow.py'), access),
    setTags: FILES,
    tags: FILES,
    uploadWithMetadata: new Cannot('it sets the headers that HTTP knows, and drops other names'),
    metadata: FILES,
    attributes: FILES,
    presignGet: FILES,
    presignPut: FILES,
  }
}
