import type { AccessEntry } from '../../src/observe/access-entry.ts'

/** A request's entry with some fields of its own. */
export function entry(fields: Partial<AccessEntry>): AccessEntry {
  return {
    request_id: 'A1',
    method: 'GET',
    remote_ip: '192.0.2.1',
    user_agent: 'test',
    auth: 'header',
    access_key: 'SCW00000000000000000',
    project_id: '',
    operation: 'GetObject',
    bucket: '',
    key: '',
    decision: 'allowed',
    reason: '',
    status: 200,
    code: '',
    fault: '',
    bytes_in: 0,
    bytes_out: 0,
    total_ms: 1,
    backend_ms: 1,
    ...fields,
  }
}
