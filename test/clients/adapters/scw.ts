/** scw, Scaleway's command line: `scw object`, which writes `KEY@projectId` itself. */
import { cached } from '../../support/cache.ts'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  environment,
  NO_TABLES,
  program,
  type Session,
  USUAL,
} from '../client.ts'

const PATH = cached('bin/scw')

const BUCKETS = new Cannot('it manages buckets, and knows nothing of what is in them')

export const scw: ClientAdapter = {
  name: 'scw object',
  needs: [PATH],
  ...USUAL,
  parts: BUCKETS,
  layout: BUCKETS,
  emptySegments: BUCKETS,
  acrossBuckets: BUCKETS,
  fullBuckets: 'emptied',
  open,
}

async function open(access: ClientAccess): Promise<Session> {
  const { endpoint, accessKey, secretKey, project, authority, home } = access
  const [key = '', other] = accessKey.split('@')
  const env = environment(home, {
    SCW_S3_ENDPOINT: endpoint,
    SCW_S3_USE_PATH_STYLE: 'true',
    SCW_DEFAULT_REGION: 'fr-par',
    SCW_DEFAULT_PROJECT_ID: project,
    // It does not start without one, and sends it nowhere.
    SCW_DEFAULT_ORGANIZATION_ID: project,
    SCW_ACCESS_KEY: key,
    SCW_SECRET_KEY: secretKey,
    SCW_DISABLE_CHECK_VERSION: 'true',
    SSL_CERT_FILE: authority,
  })
  const elsewhere = other === undefined ? [] : [`project-id=${other}`]
  const bucketCommand = (name: string, ...args: readonly string[]) =>
    program(PATH, { env, cwd: home })('--output', 'json', 'object', 'bucket', name, ...args, ...elsewhere)
  return {
    makeBucket: async (bucket) => void (await bucketCommand('create', bucket)),
    buckets: async () =>
      (JSON.parse(await bucketCommand('list')) as readonly { readonly Name: string }[]).map(
        ({ Name }) => Name,
      ),
    removeBucket: async (bucket) => void (await bucketCommand('delete', bucket)),
    upload: BUCKETS,
    download: BUCKETS,
    range: BUCKETS,
    syncUp: BUCKETS,
    syncDown: BUCKETS,
    list: BUCKETS,
    copy: BUCKETS,
    setTags: BUCKETS,
    tags: BUCKETS,
    uploadWithMetadata: BUCKETS,
    metadata: BUCKETS,
    attributes: BUCKETS,
    table: NO_TABLES,
    presignGet: BUCKETS,
    presignPut: BUCKETS,
    remove: BUCKETS,
    removeMany: BUCKETS,
    close: async () => {},
  }
}
