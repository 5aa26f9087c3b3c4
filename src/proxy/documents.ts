/** Documents of requests that are not forwarded: read and checked, so that what is wrong with them is said. */
import { isConfigurationOperation, readConfiguration } from '../s3/bodies/configuration.ts'
import { maxBodyBytes } from '../s3/bodies/limits.ts'
import { OPENABLE } from '../s3/opened.ts'
import type { Checksums } from '../sigv4/checksum.ts'
import type { AskedRequest } from './ask.ts'
import { readBody } from './body.ts'

/** @throws S3Error where the body of a configuration is malformed; other bodies are left alone */
export async function checkDocument(
  asked: AskedRequest,
  deps: { readonly checksums: Checksums },
): Promise<void> {
  const { name } = asked.operation
  if (!isConfigurationOperation(name)) return
  readConfiguration(name, await readBody(asked, maxBodyBytes(name), deps), OPENABLE)
}
