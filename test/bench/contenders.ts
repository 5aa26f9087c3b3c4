/**
 * What is compared: *nginx* as a plain keep-alive pass-through, *bare* (node:http and undici and nothing else), and the
 * gate as it is shipped, all in front of the same backend.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Secret } from '../../src/iam/secret.ts'
import { SYSTEM_RANDOM } from '../../src/services/deps.ts'
import { createServices } from '../../src/services/index.ts'
import { openStore } from '../../src/store/index.ts'
import { freePort } from '../support/ports.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { type Program, startProgram } from './process.ts'

/** The bucket that every request is about. */
export const BUCKET = 'bench'

export interface Stage {
  readonly gate: Program
  readonly bare: Program
  /** Null: it is not installed. */
  readonly nginx: Program | null
  readonly credentials: StageCredentials
  /** One more gate over the same store. */
  startGate(settings: GateSettings): Promise<Program>
  stop(): Promise<void>
}

export interface StageCredentials {
  /** May do everything in the bucket's project. */
  readonly full: Credentials
  /** May read there, and nothing else. */
  readonly reader: Credentials
}

export interface GateSettings {
  readonly workers: number
  /** Options of the Node process. */
  readonly nodeOptions: readonly string[]
  /** Of its configuration, beside what every gate of the bench has. */
  readonly env: Readonly<Record<string, string>>
}

const BENCH = import.meta.dirname

/** Starts all of it in a directory of its own. */
export async function startStage(settings: GateSettings): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 's3warden-bench-'))
  const running: Program[] = []
  const started = async (program: Promise<Program>): Promise<Program> => {
    running.push(await program)
    return program
  }
  const backend = await started(startNode('backend.ts', directory, {}))
  const origin = `http://127.0.0.1:${backend.port}`
  const data = join(directory, 'data')
  const credentials = await fillStore(data, origin)
  return {
    gate: await started(startGate(settings, directory, data, origin)),
    bare: await started(startNode('bare.ts', directory, { BACKEND: origin })),
    nginx: nginxIsInstalled() ? await started(startNginx(directory, backend.port)) : null,
    credentials,
    startGate: (other) => started(startGate(other, directory, data, origin)),
    stop: async () => {
      await Promise.all(running.map((program) => program.stop()))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function startNode(
  file: string,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  const port = await freePort()
  return startProgram({
    command: process.execPath,
    args: [join(BENCH, file)],
    env: { ...env, PORT: String(port) },
    port,
    output: join(directory, `${file}.log`),
  })
}

const STORE = { accessKey: 'BACKENDKEY', secretKey: 'backend-secret' } as const
const KIND = 'minio'

async function startGate(
  { workers, nodeOptions, env }: GateSettings,
  directory: string,
  data: string,
  origin: string,
): Promise<Program> {
  const port = await freePort()
  return startProgram({
    command: process.execPath,
    args: [
      ...nodeOptions,
      resolve(BENCH, '../../src/s3warden.js'),
      'serve',
      '--listen',
      `127.0.0.1:${port}`,
      '--data',
      data,
    ],
    env: {
      S3WARDEN_BACKEND_ENDPOINT: origin,
      S3WARDEN_BACKEND_ACCESS_KEY: STORE.accessKey,
      S3WARDEN_BACKEND_SECRET_KEY: STORE.secretKey,
      S3WARDEN_BACKEND_KIND: KIND,
      S3WARDEN_WORKERS: String(workers),
      ...env,
    },
    port,
    output: join(directory, `gate-${port}.log`),
  })
}

async function fillStore(data: string, origin: string): Promise<StageCredentials> {
  const actor = { bearer_id: '', ip: '', user_agent: 'bench' }
  const store = await openStore({ dataDir: data, masterKey: undefined, now: Date.now })
  try {
    const services = createServices({ store, now: Date.now, random: SYSTEM_RANDOM })
    const { organization_id, project_id, ...full } = await services.bootstrap.run(actor)
    const backend = await services.backends.create(actor, {
      name: 'default',
      kind: KIND,
      endpoints: [origin],
      access_key: STORE.accessKey,
      secret_key: new Secret(STORE.secretKey),
    })
    await services.buckets.adopt(actor, { name: BUCKET, project_id, backend_id: backend.id })
    const { id } = await services.applications.create(actor, { organization_id, name: 'reader' })
    const bearer = { kind: 'application', id } as const
    await services.policies.create(actor, {
      organization_id,
      name: 'reader',
      principal: bearer,
      rules: [
        {
          permission_set_names: ['ObjectStorageObjectsRead'],
          scope: { kind: 'projects', project_ids: [project_id] },
        },
      ],
    })
    const reader = await services.keys.create(actor, { bearer })
    return {
      full: { accessKey: full.access_key, secretKey: full.secret_key!.reveal() },
      reader: { accessKey: reader.key.access_key, secretKey: reader.secret_key.reveal() },
    }
  } finally {
    store.close()
  }
}

function nginxIsInstalled(): boolean {
  return spawnSync('nginx', ['-v']).error === undefined
}

async function startNginx(directory: string, backendPort: number): Promise<Program> {
  const port = await freePort()
  const prefix = join(directory, 'nginx')
  mkdirSync(join(prefix, 'tmp'), { recursive: true })
  writeFileSync(join(prefix, 'nginx.conf'), nginxConfiguration(prefix, port, backendPort))
  return startProgram({
    command: 'nginx',
    args: ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', join(prefix, 'error.log')],
    port,
    output: join(directory, 'nginx.log'),
  })
}

function nginxConfiguration(prefix: string, port: number, backendPort: number): string {
  return `
daemon off;
worker_processes 1;
pid ${prefix}/nginx.pid;
error_log ${prefix}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${prefix}/tmp/body;
  proxy_temp_path ${prefix}/tmp/proxy;
  fastcgi_temp_path ${prefix}/tmp/fastcgi;
  uwsgi_temp_path ${prefix}/tmp/uwsgi;
  scgi_temp_path ${prefix}/tmp/scgi;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  upstream backend {
    server 127.0.0.1:${backendPort};
    keepalive 256;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
    }
  }
}
`
}
