/**
 * Fills a store with very many records, through SQL and not through the services: a million of them would take those an
 * hour. What is written is what the services would write, but for the audit log.
 */
import { randomUUID } from 'node:crypto'
import { Secret } from '../../src/iam/secret.ts'
import { openDataDirectory } from '../../src/store/data-directory.ts'
import { type Connection, connect } from '../../src/store/database.ts'
import { openKeyRing } from '../../src/store/key-ring.ts'
import { createSealer } from '../../src/store/seal.ts'

export interface Amounts {
  readonly keys: number
  readonly policies: number
  readonly projects: number
  readonly buckets: number
}

/** Where the new records hang: an organization and a backend that are there already. */
export interface Anchor {
  readonly organization_id: string
  readonly backend_id: string
}

export interface Filled {
  /** Of the first project lie a hundredth of all buckets, but at least ten. */
  readonly crowdedProject: string
  accessKey(index: number): string
  bucket(index: number): string
}

const AT = '2026-01-01T00:00:00.000Z'
/** Rows in one transaction. */
const ROWS = 20_000

export function fillStore(dataDir: string, anchor: Anchor, amounts: Amounts): Filled {
  const directory = openDataDirectory(dataDir)
  const connection = connect(directory.databasePath, 'write')
  try {
    connection.exec('PRAGMA synchronous = OFF')
    const sealer = createSealer(openKeyRing(connection, directory, undefined, AT).dataKey)
    const projects = Array.from({ length: amounts.projects }, () => randomUUID())
    const applications = Array.from({ length: amounts.policies }, () => randomUUID())
    const { organization_id, backend_id } = anchor
    const accessKey = (index: number) => `SCW${String(index).padStart(17, '0')}`
    const bucket = (index: number) => `bucket-${String(index).padStart(8, '0')}`
    const crowded = Math.max(10, Math.floor(amounts.buckets / 100))

    insert(connection, 'projects', amounts.projects, (index) => ({
      id: projects[index]!,
      organization_id,
      name: `project-${index}`,
      description: '',
      is_default: 0,
      created_at: AT,
      updated_at: AT,
    }))
    insert(connection, 'applications', amounts.policies, (index) => ({
      id: applications[index]!,
      organization_id,
      name: `application-${index}`,
      description: '',
      tags: '[]',
      created_at: AT,
      updated_at: AT,
    }))
    insert(connection, 'policies', amounts.policies, (index) => ({
      id: `policy-${index}`,
      organization_id,
      name: `policy-${index}`,
      description: '',
      tags: '[]',
      application_id: applications[index]!,
      created_at: AT,
      updated_at: AT,
    }))
    insert(connection, 'rules', amounts.policies, (index) => ({
      id: `rule-${index}`,
      policy_id: `policy-${index}`,
      position: 0,
      permission_set_names: '["ObjectStorageFullAccess"]',
      condition: index % 2 === 0 ? '' : 'request.user_agent.startsWith("aws-cli/")',
    }))
    insert(connection, 'rule_projects', amounts.policies, (index) => ({
      rule_id: `rule-${index}`,
      position: 0,
      project_id: projects[index % projects.length]!,
    }))
    const secret = new Secret('00000000-0000-4000-8000-000000000000')
    insert(connection, 'access_keys', amounts.keys, (index) => ({
      access_key: accessKey(index),
      name: '',
      description: '',
      organization_id,
      application_id: applications[index % applications.length]!,
      default_project_id: projects[(index % applications.length) % projects.length]!,
      imported: 1,
      creation_ip: '',
      sealed_secret_key: sealer.seal(secret, { table: 'access_keys', id: accessKey(index) }),
      created_at: AT,
      updated_at: AT,
    }))
    const first = Number(connection.scalar('SELECT last FROM bucket_generation', []))
    insert(connection, 'buckets', amounts.buckets, (index) => ({
      name: bucket(index),
      project_id: index < crowded ? projects[0]! : projects[index % projects.length]!,
      backend_id,
      generation: first + 1 + index,
      state: 'active',
      created_at: AT,
      updated_at: AT,
      active_generation: first + 1 + index,
    }))
    connection.run('UPDATE bucket_generation SET last = ?', [first + amounts.buckets])
    connection.exec('DELETE FROM changes WHERE seq < (SELECT max(seq) FROM changes)')
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return { crowdedProject: projects[0]!, accessKey, bucket }
  } finally {
    connection.close()
  }
}

type Columns = Readonly<Record<string, string | number | Buffer>>

function insert(
  connection: Connection,
  table: string,
  count: number,
  rowOf: (index: number) => Columns,
): void {
  for (let start = 0; start < count; start += ROWS) {
    connection.exec('BEGIN IMMEDIATE')
    for (let index = start; index < Math.min(count, start + ROWS); index++) {
      const row = rowOf(index)
      const names = Object.keys(row)
      connection.run(
        `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        Object.values(row),
      )
    }
    connection.exec('COMMIT')
  }
}
