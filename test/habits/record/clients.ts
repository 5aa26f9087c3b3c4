/** The clients that are recorded, and how each is driven. */
import { resolve } from 'node:path'
import { cached } from '../../support/cache.ts'
import type { Endpoint } from './drive.ts'

export interface RecordedClient {
  readonly name: string
  /** The program that does what `drive.ts` describes, and what it is given beside. */
  readonly command: readonly string[]
  /** It does not make buckets: it finds one. */
  readonly findsBucket?: true
  /** What it stores is encrypted, and another thing each time: of its bodies only the length is kept. */
  readonly opaque?: true
  readonly env?: (endpoint: Endpoint) => Readonly<Record<string, string>>
}

const drivers = (path: string) => resolve('test/habits/record/drivers', path)
const habits = (path: string) => cached(`habits/${path}`)
const python = (driver: string, interpreter = habits('venv/bin/python')) => [
  interpreter,
  drivers(`python/${driver}`),
]
const node = (driver: string, interpreter = resolve('node_modules/.bin/node')) => [
  interpreter,
  drivers(`node/${driver}`),
]
const modules = () => ({ MODULES: habits('npm') })
const java = (artifacts: string, driver: string) => [
  '/usr/bin/java',
  `@${habits(`java/${artifacts}/arguments`)}`,
  driver,
]
const shell = (driver: string) => ['/bin/bash', drivers(`shell/${driver}`)]

export const CLIENTS: readonly RecordedClient[] = [
  { name: 'boto3 (Debian)', command: python('boto3_driver.py', '/usr/bin/python3') },
  { name: 'boto3', command: python('boto3_driver.py', cached('venv/bin/python')) },
  { name: 'AWS SDK for Java 1', command: java('aws1', 'Java1') },
  { name: 'AWS SDK for Java 2, of 2024', command: java('aws2.25.70', 'Java2') },
  { name: 'AWS SDK for Java 2, of 2025', command: java('aws2.31.78', 'Java2') },
  { name: 'AWS SDK for Java 2', command: java('aws2.57.8', 'Java2') },
  { name: 'AWS SDK for Java 2, transfer manager', command: java('transfer', 'Java2Transfer') },
  { name: 'AWS SDK for Java 2, common runtime', command: java('crt', 'Java2Crt') },
  { name: 'AWS SDK for Go 2', command: [habits('go/aws')] },
  { name: 'AWS SDK for Rust', command: [habits('rust/debug/aws')] },
  { name: 'AWS SDK for Ruby 3 (Debian)', command: ['/usr/bin/ruby', drivers('ruby/aws.rb')] },
  { name: 'AWS SDK for C++ (pyarrow)', command: python('pyarrow_driver.py') },
  { name: 'AWS SDK for C++ (chDB)', command: python('chdb_driver.py'), findsBucket: true },
  { name: 'object_store (obstore)', command: python('obstore_driver.py'), findsBucket: true },
  { name: 'opendal', command: python('opendal_driver.py'), findsBucket: true },
  { name: 'minio-py', command: python('minio_driver.py') },
  { name: 'DuckDB', command: python('duckdb_driver.py'), findsBucket: true },
  { name: 'AWS SDK for JavaScript 2', command: node('sdk2.mjs'), env: modules },
  { name: 'AWS SDK for JavaScript 3, of 2023', command: node('sdk.mjs'), env: modules },
  { name: 'AWS SDK for JavaScript 3', command: node('sdk.mjs') },
  { name: 'aws4fetch', command: node('aws4fetch.mjs'), env: modules },
  { name: 'minio-java', command: java('minio', 'Minio') },
  { name: 'minio-go', command: [habits('go/minio')] },
  { name: 'minio-js', command: node('minio.mjs') },
  { name: 'Bun', command: node('bun.mjs', habits('npm/node_modules/.bin/bun')), findsBucket: true },
  { name: 'AWS CLI 1', command: shell('aws.sh'), env: () => ({ AWS: cached('venv/bin/aws') }) },
  { name: 'AWS CLI 2 (Debian)', command: shell('aws.sh'), env: () => ({ AWS: '/usr/bin/aws' }) },
  { name: 's3cmd (Debian)', command: shell('s3cmd.sh') },
  { name: 'rclone (Debian)', command: shell('rclone.sh') },
  { name: 'restic (Debian)', command: shell('restic.sh'), opaque: true },
  { name: 'mc', command: shell('mc.sh'), env: () => ({ MC: cached('bin/mc') }) },
]
