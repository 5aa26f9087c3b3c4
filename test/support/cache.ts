/** Where `tools.sh` puts the programs that no Debian package has. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The path of one of them, e.g. `cached('bin/minio')`; it need not be there. */
export function cached(path: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 's3warden-test', path)
}
