/** The AWS SDK for Java 2 with its transfer manager, and the program in `java` that drives it. */
import { cached } from '../../support/cache.ts'
import { type ClientAdapter, NO_TABLES, USUAL } from '../client.ts'
import { driven } from './driven.ts'

const JAVA = '/usr/bin/java'
const DRIVER = cached('java/drive.jar')

export const sdkJava: ClientAdapter = {
  name: 'AWS SDK for Java',
  needs: [JAVA, DRIVER],
  ...USUAL,
  open: async (access) => ({
    // A start is what takes the time here: the quick compiler alone, and a heap that is not a fourth of the machine.
    ...driven(
      [JAVA, '-XX:TieredStopAtLevel=1', '-Xmx256m', '-cp', `${DRIVER}:${cached('java/lib')}/*`, 'Drive'],
      access,
    ),
    table: NO_TABLES,
  }),
}
