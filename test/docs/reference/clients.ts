/** Settings for each client, as `key create --for` prints them. */
import { CLIENTS, type Client, clientSettings } from '../../../src/cli/client-settings.ts'

const TITLES: Readonly<Record<Client, string>> = {
  aws: 'aws CLI',
  rclone: 'rclone',
  mc: 'mc',
  s3cmd: 's3cmd',
  boto3: 'boto3',
  env: 'Environment of AWS SDKs',
  s3fs: 's3fs',
  restic: 'restic',
}

const LANGUAGES: Readonly<Partial<Record<Client, string>>> = { rclone: 'ini', s3cmd: 'ini', boto3: 'python' }

export function renderClientSettings(): string {
  const access = {
    endpoint: 'http://127.0.0.1:8484',
    region: 'us-east-1',
    accessKey: 'KEY@projectId',
    secretKey: 'SECRET',
  }
  return CLIENTS.map(
    (client) =>
      `### ${TITLES[client]}\n\n\`\`\`${LANGUAGES[client] ?? ''}\n${clientSettings(client, access)}\n\`\`\``,
  ).join('\n\n')
}
