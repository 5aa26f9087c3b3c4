/** What `serve` says when it is up, and where the first secret goes. */
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import type { Prepared } from '../../gate/prepare.ts'
import type { Log } from '../../observe/log.ts'
import type { BootstrapResult } from '../../services/bootstrap.ts'
import { clientSettings } from '../client-settings.ts'
import { writeFileAtomically } from '../files.ts'
import type { Terminal } from '../terminal.ts'

export interface Announcement {
  readonly config: Config
  /** What clients connect to. */
  readonly endpoint: string
  readonly backend: Prepared['backend']
  readonly bootstrap: BootstrapResult | null
}

/** The clients whose settings a newcomer is shown. */
const SHOWN_CLIENTS = ['aws', 'rclone', 'mc', 's3cmd'] as const

/**
 * The first key's secret is for a terminal, or for anybody's eyes on the embedded backend, which holds nothing of
 * value. Otherwise it goes to `DIR/bootstrap.json`, which only its owner may read, and the log names that file.
 */
export function announce(announcement: Announcement, terminal: Terminal, log: Log): void {
  const { config, endpoint, backend, bootstrap } = announcement
  log.info('serving', { endpoint, backend })
  const shown = terminal.outputIsTerminal || backend === 'embedded'
  if (bootstrap?.secret_key != null && !shown) {
    const path = join(config.data, 'bootstrap.json')
    const { secret_key, ...made } = bootstrap
    const document = { endpoint, ...made, secret_key: secret_key.reveal() }
    writeFileAtomically(path, `${JSON.stringify(document, null, 2)}\n`)
    log.info('the first key was made; its secret is in a file', { path })
  }
  if (!shown) return
  // In one piece: the log writes to the same place, and none of its lines is to come in between.
  terminal.print(greeting(announcement, terminal).join('\n'))
}

function greeting(announcement: Announcement, { colors }: Terminal): readonly string[] {
  const { config, endpoint, backend, bootstrap } = announcement
  const lines = ['', `${colors.bold('s3warden')} is ready: ${colors.cyan(endpoint)}`]
  if (backend === 'embedded') {
    lines.push(
      `Objects are kept in ${join(config.data, 'embedded')} by the embedded backend, which is for development.`,
      'For an object store of your own, set S3WARDEN_BACKEND_ENDPOINT, S3WARDEN_BACKEND_ACCESS_KEY and S3WARDEN_BACKEND_SECRET_KEY_FILE.',
    )
  }
  if (bootstrap?.secret_key == null) {
    lines.push(
      'Keys are listed by `s3warden key list`, and made by `s3warden key create` (in a checkout: `npm run -s s3warden -- …`).',
      '',
    )
    return lines
  }
  const secretKey = bootstrap.secret_key.reveal()
  lines.push(
    '',
    'The first key, whose secret is shown this once:',
    `  access_key  ${bootstrap.access_key}`,
    `  secret_key  ${secretKey}`,
    `  project_id  ${bootstrap.project_id}`,
    '',
  )
  for (const client of SHOWN_CLIENTS) {
    const settings = clientSettings(client, {
      endpoint,
      region: config.region,
      accessKey: bootstrap.access_key,
      secretKey,
    })
    lines.push(colors.bold(client), ...settings.split('\n').map((line) => `  ${line}`), '')
  }
  return lines
}
