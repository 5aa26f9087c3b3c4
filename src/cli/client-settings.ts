/** Ready settings for the clients that people use: what `key create --for` and the embedded backend's start print. */

/** What a client needs to know. */
export interface ClientAccess {
  readonly endpoint: string
  readonly region: string
  /** `SCW…`, or `SCW…@projectId`. */
  readonly accessKey: string
  readonly secretKey: string
}

export const CLIENTS = ['aws', 'rclone', 'mc', 's3cmd', 'boto3', 'env', 's3fs', 'restic'] as const
export type Client = (typeof CLIENTS)[number]

/** The settings as text to be pasted: into a shell, or into the file that the first line names. */
export function clientSettings(client: Client, access: ClientAccess): string {
  if (WITHOUT_PATH.has(client) && new URL(access.endpoint).pathname !== '/') {
    return `# ${client} takes no endpoint with a path, as ${access.endpoint} is: give it another one of the gate's.`
  }
  return SETTINGS[client](access)
}

/** What these would take for a bucket, or refuse. */
const WITHOUT_PATH: ReadonlySet<Client> = new Set(['mc', 's3cmd', 'restic'])

const SETTINGS: Readonly<Record<Client, (access: ClientAccess) => string>> = {
  aws: ({ endpoint, region, accessKey, secretKey }) => `\
aws configure set aws_access_key_id ${accessKey} --profile s3warden
aws configure set aws_secret_access_key ${secretKey} --profile s3warden
aws configure set region ${region} --profile s3warden
aws --profile s3warden --endpoint-url ${endpoint} s3 ls`,

  rclone: ({ endpoint, region, accessKey, secretKey }) => `\
# ~/.config/rclone/rclone.conf, then: rclone lsd s3warden:
[s3warden]
type = s3
provider = Other
access_key_id = ${accessKey}
secret_access_key = ${secretKey}
endpoint = ${endpoint}
region = ${region}
force_path_style = true`,

  mc: ({ endpoint, accessKey, secretKey }) => `\
mc alias set s3warden ${endpoint} ${accessKey} ${secretKey} --api S3v4 --path on
mc ls s3warden`,

  s3cmd: ({ endpoint, region, accessKey, secretKey }) => {
    const { host, protocol } = new URL(endpoint)
    return `\
# ~/.s3cfg, then: s3cmd ls
[default]
access_key = ${accessKey}
secret_key = ${secretKey}
host_base = ${host}
host_bucket = ${host}
bucket_location = ${region}
use_https = ${protocol === 'https:' ? 'True' : 'False'}
signature_v2 = False`
  },

  boto3: ({ endpoint, region, accessKey, secretKey }) => `\
import boto3
from botocore.config import Config

s3 = boto3.client(
    "s3",
    endpoint_url="${endpoint}",
    region_name="${region}",
    aws_access_key_id="${accessKey}",
    aws_secret_access_key="${secretKey}",
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
)`,

  env: ({ endpoint, region, accessKey, secretKey }) => `\
export AWS_ENDPOINT_URL_S3=${endpoint}
export AWS_REGION=${region}
export AWS_DEFAULT_REGION=${region}
export AWS_ACCESS_KEY_ID=${accessKey}
export AWS_SECRET_ACCESS_KEY=${secretKey}`,

  s3fs: ({ endpoint, region, accessKey, secretKey }) => `\
(umask 077 && printf '%s:%s\\n' ${accessKey} ${secretKey} > ~/.passwd-s3warden)
s3fs BUCKET MOUNTPOINT -o passwd_file=~/.passwd-s3warden -o url=${endpoint} -o endpoint=${region} -o use_path_request_style -o sigv4`,

  restic: ({ endpoint, region, accessKey, secretKey }) => `\
export AWS_ACCESS_KEY_ID=${accessKey}
export AWS_SECRET_ACCESS_KEY=${secretKey}
export AWS_DEFAULT_REGION=${region}
restic -r s3:${endpoint}/BUCKET init`,
}
