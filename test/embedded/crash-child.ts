/** A backend in a process of its own, so that a test can kill it: prints where it is and how to sign, and runs on. */
import { startEmbeddedBackend } from '../../src/embedded/server.ts'

const [directory = ''] = process.argv.slice(2)
const backend = await startEmbeddedBackend({ directory, now: Date.now })
console.log(
  JSON.stringify({
    endpoint: backend.endpoint,
    accessKey: backend.accessKey,
    secretKey: backend.secretKey.reveal(),
  }),
)
