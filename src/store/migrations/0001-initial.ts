/**
 * Version 1: the identity model, buckets, backends, the audit log and the change feed.
 *
 * Names are the records' own. Whoever reads a row of a watched table from a cache is told of its change by a trigger,
 * so that no statement, also none typed by hand, can change something and stay unnoticed. `changes.kind` names the
 * cache, `changes.id` the entry in it.
 */

/** For each watched table: which cache entries depend on a row of it, as `SELECT kind, id` over `OLD` or `NEW`. */
const DEPENDENTS: Readonly<Record<string, string>> = {
  access_keys: `SELECT 'key', ROW.access_key`,
  // A key's cache entry knows whether its bearer is locked, and whether it is the owner.
  users: `SELECT 'key', access_key FROM access_keys WHERE user_id = ROW.id`,
  group_members: `SELECT 'groups', coalesce(ROW.user_id, ROW.application_id)`,
  policies: `SELECT 'grants', principal FROM (SELECT coalesce(ROW.user_id, ROW.group_id, ROW.application_id) AS principal) WHERE principal IS NOT NULL`,
  rules: `SELECT 'grants', principal FROM (SELECT coalesce(user_id, group_id, application_id) AS principal FROM policies WHERE id = ROW.policy_id) WHERE principal IS NOT NULL`,
  rule_projects: `SELECT 'grants', principal FROM (SELECT coalesce(user_id, group_id, application_id) AS principal FROM policies JOIN rules ON rules.policy_id = policies.id WHERE rules.id = ROW.rule_id) WHERE principal IS NOT NULL`,
  projects: `SELECT 'project', ROW.id`,
  buckets: `SELECT 'bucket', ROW.name`,
  backends: `SELECT 'backend', ROW.id`,
}

function trigger(
  table: string,
  event: 'INSERT' | 'UPDATE' | 'DELETE',
  rows: readonly ('OLD' | 'NEW')[],
): string {
  const statements = rows.map(
    (row) => `INSERT INTO changes (kind, id) ${DEPENDENTS[table]?.replaceAll('ROW.', `${row}.`)};`,
  )
  return `CREATE TRIGGER ${table}_${event.toLowerCase()} AFTER ${event} ON ${table} BEGIN ${statements.join(' ')} END;`
}

const TRIGGERS = Object.keys(DEPENDENTS).flatMap((table) => [
  trigger(table, 'INSERT', ['NEW']),
  trigger(table, 'UPDATE', ['OLD', 'NEW']),
  trigger(table, 'DELETE', ['OLD']),
])

const TABLES = `
CREATE TABLE gate (
  instance_id TEXT PRIMARY KEY,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE data_keys (
  id TEXT PRIMARY KEY,
  wrapped BLOB NOT NULL,
  master_key_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE backends (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  endpoints TEXT NOT NULL,
  region TEXT NOT NULL,
  access_key TEXT NOT NULL,
  sealed_secret_key BLOB NOT NULL,
  addressing TEXT NOT NULL,
  ca TEXT,
  opened_operations TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  backend_id TEXT REFERENCES backends (id),
  max_buckets INTEGER,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX projects_organization ON projects (organization_id, created_at);
CREATE UNIQUE INDEX projects_default ON projects (organization_id) WHERE is_default = 1;
CREATE INDEX projects_backend ON projects (backend_id) WHERE backend_id IS NOT NULL;

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  type TEXT NOT NULL CHECK (type IN ('owner', 'member')),
  email TEXT NOT NULL,
  username TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  phone_number TEXT NOT NULL,
  locale TEXT NOT NULL,
  tags TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('activated', 'invitation_pending')),
  locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
  password_hash TEXT,
  last_login_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX users_organization ON users (organization_id, created_at);
CREATE UNIQUE INDEX users_owner ON users (organization_id) WHERE type = 'owner';
CREATE UNIQUE INDEX users_email ON users (organization_id, email);
CREATE UNIQUE INDEX users_username ON users (organization_id, username) WHERE username <> '';

CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX applications_organization ON applications (organization_id, created_at);

CREATE TABLE groups (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX groups_organization ON groups (organization_id, created_at);
CREATE UNIQUE INDEX groups_name ON groups (organization_id, name);

CREATE TABLE group_members (
  group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  user_id TEXT REFERENCES users (id),
  application_id TEXT REFERENCES applications (id),
  CHECK ((user_id IS NULL) <> (application_id IS NULL))
) STRICT;
CREATE INDEX group_members_group ON group_members (group_id, position);
CREATE UNIQUE INDEX group_members_user ON group_members (user_id, group_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX group_members_application ON group_members (application_id, group_id) WHERE application_id IS NOT NULL;

CREATE TABLE policies (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  user_id TEXT REFERENCES users (id),
  group_id TEXT REFERENCES groups (id),
  application_id TEXT REFERENCES applications (id),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  CHECK ((user_id IS NOT NULL) + (group_id IS NOT NULL) + (application_id IS NOT NULL) <= 1)
) STRICT;
CREATE INDEX policies_organization ON policies (organization_id, created_at);
CREATE INDEX policies_user ON policies (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX policies_group ON policies (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX policies_application ON policies (application_id) WHERE application_id IS NOT NULL;

CREATE TABLE rules (
  id TEXT PRIMARY KEY,
  policy_id TEXT NOT NULL REFERENCES policies (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  permission_set_names TEXT NOT NULL,
  organization_id TEXT REFERENCES organizations (id),
  condition TEXT NOT NULL
) STRICT;
CREATE INDEX rules_policy ON rules (policy_id, position);

CREATE TABLE rule_projects (
  rule_id TEXT NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  project_id TEXT NOT NULL REFERENCES projects (id),
  PRIMARY KEY (rule_id, position),
  UNIQUE (project_id, rule_id)
) STRICT;

CREATE TABLE access_keys (
  access_key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT REFERENCES users (id),
  application_id TEXT REFERENCES applications (id),
  default_project_id TEXT REFERENCES projects (id),
  restrictions TEXT,
  parent_access_key TEXT,
  imported INTEGER NOT NULL CHECK (imported IN (0, 1)),
  expires_at TEXT,
  creation_ip TEXT NOT NULL,
  sealed_secret_key BLOB NOT NULL,
  secret_hash BLOB UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  CHECK ((user_id IS NULL) <> (application_id IS NULL)),
  CHECK ((secret_hash IS NULL) = (imported = 1))
) STRICT;
CREATE INDEX access_keys_organization ON access_keys (organization_id, created_at);
CREATE INDEX access_keys_user ON access_keys (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX access_keys_application ON access_keys (application_id) WHERE application_id IS NOT NULL;
CREATE INDEX access_keys_project ON access_keys (default_project_id) WHERE default_project_id IS NOT NULL;
CREATE INDEX access_keys_parent ON access_keys (parent_access_key) WHERE parent_access_key IS NOT NULL;

-- A released name outlives its project and its backend; a living one holds them.
CREATE TABLE buckets (
  name TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  backend_id TEXT NOT NULL,
  generation INTEGER NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('creating', 'active', 'deleting', 'released')),
  released_until TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  active_generation INTEGER,
  intent_actor TEXT,
  living_project_id TEXT GENERATED ALWAYS AS (CASE WHEN state <> 'released' THEN project_id END) STORED REFERENCES projects (id),
  living_backend_id TEXT GENERATED ALWAYS AS (CASE WHEN state <> 'released' THEN backend_id END) STORED REFERENCES backends (id),
  CHECK ((released_until IS NOT NULL) = (state = 'released'))
) STRICT;
CREATE INDEX buckets_project ON buckets (project_id, state, name);
CREATE INDEX buckets_living_project ON buckets (living_project_id) WHERE living_project_id IS NOT NULL;
CREATE INDEX buckets_living_backend ON buckets (living_backend_id) WHERE living_backend_id IS NOT NULL;
CREATE INDEX buckets_pending ON buckets (updated_at) WHERE state IN ('creating', 'deleting');
CREATE INDEX buckets_released ON buckets (released_until) WHERE state = 'released';

CREATE TABLE bucket_generation (last INTEGER NOT NULL) STRICT;
INSERT INTO bucket_generation VALUES (0);

CREATE TABLE log_entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('created', 'updated', 'deleted')),
  bearer_id TEXT NOT NULL,
  organization_id TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
CREATE INDEX log_entries_created ON log_entries (created_at);
CREATE INDEX log_entries_organization ON log_entries (organization_id, created_at);
CREATE INDEX log_entries_resource ON log_entries (resource_id, created_at);
CREATE INDEX log_entries_bearer ON log_entries (bearer_id, created_at);

CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  id TEXT NOT NULL
) STRICT;
`

export const INITIAL = { version: 1, name: 'initial', sql: TABLES + TRIGGERS.join('\n') } as const
