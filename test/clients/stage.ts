/** One gate for all clients of a test file, with the keys they use and a bucket of more than one page. */

import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import { type BackendName, CAPABILITIES, type Capabilities } from '../behaviour/capabilities.ts'
import { freshName } from '../behaviour/world.ts'
import { type BackendSettings, GATE_CERTIFICATE, Gate } from '../support/gate.ts'
import { Operator } from '../support/operator.ts'
import type { Credentials } from '../support/reference-signer.ts'

export type Scheme = 'http' | 'https'

/** One more than a page of 1,000. */
export const PAGED_KEYS = Array.from({ length: 1_001 }, (_, i) => `page/${String(i).padStart(4, '0')}`)

export type LogEntry = Readonly<Record<string, unknown>>

export class Stage {
  readonly gate: Gate
  readonly can: Capabilities
  /** May do everything, in both projects; works in the first. */
  readonly writer: Credentials
  /** May read and list in the first. */
  readonly reader: Credentials
  /** The projects' ids. */
  readonly firstProject: string
  readonly secondProject: string
  readonly s3: S3Client
  readonly pagedBucket: string
  readonly #agent: Agent

  private constructor(
    parts: Pick<
      Stage,
      'gate' | 'can' | 'writer' | 'reader' | 'firstProject' | 'secondProject' | 'pagedBucket' | 's3'
    >,
    agent: Agent,
  ) {
    this.gate = parts.gate
    this.can = parts.can
    this.writer = parts.writer
    this.reader = parts.reader
    this.firstProject = parts.firstProject
    this.secondProject = parts.secondProject
    this.s3 = parts.s3
    this.pagedBucket = parts.pagedBucket
    this.#agent = agent
  }

  static async raise(
    backend: BackendName,
    settings: BackendSettings | undefined,
    scheme: Scheme,
  ): Promise<Stage> {
    const gate = await Gate.start({
      ...(settings === undefined ? {} : { backend: settings }),
      ...(scheme === 'https' ? { tls: GATE_CERTIFICATE } : {}),
      env: {
        // Clients that presign with it do so without being asked.
        S3WARDEN_SIGV2: 'true',
        S3WARDEN_LIMITS_BUCKETS_PER_PROJECT: '10000',
        // Scaleway's command line knows Scaleway's regions only.
        S3WARDEN_REGIONS: 'fr-par',
      },
    })
    const operator = await Operator.of(gate)
    const secondProject = await operator.project('second')
    const writer = await operator.tenant(
      'writer',
      ['ObjectStorageFullAccess'],
      [operator.projectId, secondProject],
    )
    const reader = await operator.tenant('reader', ['ObjectStorageReadOnly'])
    const agent = new Agent({ keepAlive: true, ca: await readFile(GATE_CERTIFICATE.authority) })
    const s3 = new S3Client({
      endpoint: gate.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: writer.accessKey, secretAccessKey: writer.secretKey },
      ...(scheme === 'https' ? { requestHandler: { httpsAgent: agent } } : {}),
    })
    const pagedBucket = freshName('pages')
    const stage = new Stage(
      {
        gate,
        can: CAPABILITIES[backend],
        writer,
        reader,
        firstProject: operator.projectId,
        secondProject,
        pagedBucket,
        s3,
      },
      agent,
    )
    await stage.makeBucket(pagedBucket)
    for (let i = 0; i < PAGED_KEYS.length; i += 20) {
      await Promise.all(PAGED_KEYS.slice(i, i + 20).map((key) => stage.put(pagedBucket, key, '')))
    }
    return stage
  }

  async makeBucket(Bucket: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket }))
  }

  async put(Bucket: string, Key: string, Body: string | Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: Buffer.byteLength(Body) }))
  }

  async get(Bucket: string, Key: string): Promise<Buffer> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }

  async exists(Bucket: string, Key: string): Promise<boolean> {
    return this.s3.send(new HeadObjectCommand({ Bucket, Key })).then(
      () => true,
      () => false,
    )
  }

  async keys(Bucket: string, Prefix?: string): Promise<readonly string[]> {
    const keys: string[] = []
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket, Prefix })) {
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
    }
    return keys
  }

  async empty(Bucket: string): Promise<void> {
    const keys = await this.keys(Bucket)
    if (keys.length === 0) return
    const Objects = keys.map((Key) => ({ Key }))
    await this.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  }

  /** The buckets of the project that the writer works in by itself. */
  async buckets(): Promise<readonly string[]> {
    const { Buckets = [] } = await this.s3.send(new ListBucketsCommand({}))
    return Buckets.map(({ Name = '' }) => Name)
  }

  /** The requests that the gate logged while this was done. */
  async logged(work: () => Promise<unknown>): Promise<readonly LogEntry[]> {
    const [began, ended] = [freshName('mark'), freshName('mark')]
    await this.exists(this.pagedBucket, began)
    await work()
    // The log comes later than the answer, but in order.
    await this.exists(this.pagedBucket, ended)
    const at = (key: string) => this.gate.log.findIndex((entry) => entry.key === key)
    while (at(ended) === -1) await new Promise((resolve) => setTimeout(resolve, 20))
    return this.gate.log.slice(at(began) + 1, at(ended)).filter(({ operation }) => operation !== undefined)
  }

  async lower(): Promise<void> {
    this.s3.destroy()
    this.#agent.destroy()
    await this.gate.destroy()
  }
}
