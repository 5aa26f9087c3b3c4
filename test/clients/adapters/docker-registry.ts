/**
 * Docker's registry, with S3 as its storage: images are pushed to it and pulled from it, and a pull is sent on to a
 * presigned URL of the gate's. https://distribution.github.io/distribution/storage-drivers/s3/
 */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../support/ports.ts'
import { collect, ended } from '../../support/run.ts'
import {
  Cannot,
  type ClientAccess,
  type ClientAdapter,
  ClientFailure,
  environment,
  NO_OBJECTS,
  NO_TABLES,
  program,
  type Session,
  USUAL,
} from '../client.ts'
import { splitFile } from '../split-file.ts'
import { NO_ABILITIES } from './backups.ts'

const REGISTRY = '/usr/bin/docker-registry'
const CURL = '/usr/bin/curl'
const TAR = '/bin/tar'
const MIB = 1024 * 1024

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const CONFIG = 'application/vnd.docker.container.image.v1+json'
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar'

export const dockerRegistry: ClientAdapter = {
  name: 'docker-registry',
  needs: [REGISTRY, CURL],
  ...USUAL,
  parts: NO_OBJECTS,
  layout: NO_OBJECTS,
  emptySegments: NO_OBJECTS,
  open,
}

interface Blob {
  readonly mediaType: string
  readonly size: number
  readonly digest: string
}

async function open(access: ClientAccess): Promise<Session> {
  const { authority, home } = access
  const env = environment(home, { SSL_CERT_FILE: authority })
  const curl = program(CURL, { env, cwd: home }, [
    '--silent',
    '--show-error',
    '--fail-with-body',
    '--cacert',
    authority,
  ])
  const registries = new Map<string, Promise<Registry>>()
  /** One is started for each bucket. */
  const registryOf = (bucket: string): Promise<Registry> => {
    const started = registries.get(bucket) ?? startRegistry(access, env, bucket)
    registries.set(bucket, started)
    return started
  }
  /** What the user of a registry is told is in its answer; what its operator is told, in its log. */
  const onRegistry = async (bucket: string, work: (images: string, registry: Registry) => Promise<void>) => {
    const registry = await registryOf(bucket)
    await work(`${registry.endpoint}/v2/tree`, registry).catch(async (failure: Error) => {
      // Its log comes after its answer.
      for (let i = 0; i < 100 && !registry.said().includes('level=error'); i++) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new ClientFailure(`${failure.message}\n${registry.said()}`)
    })
  }
  const location = (head: string): string => /^location: (\S+)/im.exec(head)?.[1] ?? ''

  const pushBlob = async (images: string, file: string, mediaType: string): Promise<Blob> => {
    let upload = location(await curl('--include', '--request', 'POST', `${images}/blobs/uploads/`))
    for (const piece of await splitFile(file, 6 * MIB, home)) {
      const head = ['--include', '--request', 'PATCH', '--header', 'Content-Type: application/octet-stream']
      upload = location(await curl(...head, '--data-binary', `@${piece}`, upload))
    }
    const digest = `sha256:${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')}`
    await curl('--request', 'PUT', `${upload}&digest=${encodeURIComponent(digest)}`)
    return { mediaType, size: (await stat(file)).size, digest }
  }
  const pullBlob = async (images: string, { digest }: Blob): Promise<string> => {
    const file = join(home, digest.slice(7, 19))
    await curl('--location', '--output', file, `${images}/blobs/${digest}`)
    const got = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    if (digest !== `sha256:${got}`) throw new ClientFailure(`${digest} came back as ${got}`)
    return file
  }
  const manifest = (images: string, ...args: readonly string[]) =>
    curl(...args, '--header', `Accept: ${MANIFEST}`, `${images}/manifests/latest`)

  return {
    ...NO_ABILITIES,
    makeBucket: new Cannot('it expects the bucket to be there'),
    /** An image of two layers: the tree, and one that goes up in pieces and is put together in parts. */
    syncUp: (directory, bucket) =>
      onRegistry(bucket, async (images) => {
        const files = {
          tree: join(home, 'tree.tar'),
          ballast: join(home, 'ballast'),
          config: join(home, 'config.json'),
        }
        await program(TAR, { env })('-C', directory, '-cf', files.tree, '.')
        await writeFile(files.ballast, randomBytes(12 * MIB))
        await writeFile(files.config, '{"architecture":"amd64","os":"linux"}')
        const config = await pushBlob(images, files.config, CONFIG)
        const layers = [
          await pushBlob(images, files.tree, LAYER),
          await pushBlob(images, files.ballast, LAYER),
        ]
        const image = join(home, 'manifest.json')
        await writeFile(image, JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }))
        const type = `Content-Type: ${MANIFEST}`
        await manifest(images, '--request', 'PUT', '--header', type, '--data-binary', `@${image}`)
      }),
    syncDown: (bucket, _prefix, directory) =>
      onRegistry(bucket, async (images) => {
        const image = JSON.parse(await manifest(images)) as { config: Blob; layers: readonly [Blob, Blob] }
        const [tree] = image.layers
        await pullBlob(images, image.config)
        await pullBlob(images, image.layers[1])
        await mkdir(directory, { recursive: true })
        await program(TAR, { env })('-C', directory, '-xf', await pullBlob(images, tree))
      }),
    removeMany: (bucket) =>
      onRegistry(bucket, async (images, { config }) => {
        const digest = /^docker-content-digest: (\S+)/im.exec(await manifest(images, '--head'))?.[1] ?? ''
        await curl('--request', 'DELETE', `${images}/manifests/${digest}`)
        await program(REGISTRY, { env, cwd: home })('garbage-collect', config)
      }),
    close: async () => {
      for (const registry of registries.values()) await (await registry).stop()
    },
    table: NO_TABLES,
  }
}

interface Registry {
  readonly endpoint: string
  readonly config: string
  /** Its log so far. */
  said(): string
  stop(): Promise<void>
}

async function startRegistry(
  { endpoint, accessKey, secretKey, secure, home }: ClientAccess,
  env: Readonly<Record<string, string>>,
  bucket: string,
): Promise<Registry> {
  const address = `127.0.0.1:${await freePort()}`
  const s3 = {
    regionendpoint: endpoint,
    region: 'us-east-1',
    bucket,
    accesskey: accessKey,
    secretkey: secretKey,
    secure,
    v4auth: true,
    rootdirectory: '/images',
    // The least of each: what is larger goes up in parts, and is moved by copying parts.
    chunksize: 5 * MIB,
    multipartcopychunksize: 5 * MIB,
    multipartcopythresholdsize: 5 * MIB,
  }
  const config = join(home, `${bucket}.yml`)
  // JSON is YAML.
  await writeFile(
    config,
    JSON.stringify({ version: 0.1, http: { addr: address }, storage: { delete: { enabled: true }, s3 } }),
  )
  const child = spawn(REGISTRY, ['serve', config], { env: { ...env }, cwd: home })
  const said = [collect(child.stdout), collect(child.stderr)]
  let over = false
  const exit = ended(child).then(() => {
    over = true
  })
  const log = () => said.map((text) => text()).join('')
  for (;;) {
    if (over) throw new ClientFailure(log())
    const ready = await fetch(`http://${address}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    endpoint: `http://${address}`,
    config,
    said: log,
    stop: async () => {
      child.kill('SIGKILL')
      await exit
    },
  }
}
