/**
 * Version 2: what the control plane keeps beside the identity model: SSH keys, sessions of logged-in users, and refused
 * attempts in the audit log, whose table is made anew since SQLite cannot change a CHECK.
 */
const SQL = `
CREATE TABLE ssh_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  public_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  project_id TEXT NOT NULL REFERENCES projects (id),
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX ssh_keys_organization ON ssh_keys (organization_id, created_at);
CREATE INDEX ssh_keys_project ON ssh_keys (project_id);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE log_entries_2 (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('created', 'updated', 'deleted', 'refused')),
  bearer_id TEXT NOT NULL,
  organization_id TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  before TEXT,
  after TEXT,
  remark TEXT NOT NULL
) STRICT;
INSERT INTO log_entries_2 (seq, id, created_at, ip, user_agent, action, bearer_id, organization_id, resource_type, resource_id, before, after, remark)
  SELECT seq, id, created_at, ip, user_agent, action, bearer_id, organization_id, resource_type, resource_id, before, after, '' FROM log_entries;
DROP TABLE log_entries;
ALTER TABLE log_entries_2 RENAME TO log_entries;
CREATE INDEX log_entries_created ON log_entries (created_at);
CREATE INDEX log_entries_organization ON log_entries (organization_id, created_at);
CREATE INDEX log_entries_resource ON log_entries (resource_id, created_at);
CREATE INDEX log_entries_bearer ON log_entries (bearer_id, created_at);
`

export const CONTROL_PLANE = { version: 2, name: 'control-plane', sql: SQL } as const
