/**
 * Every client's whole job, the same for all: what one of them cannot do, its adapter says with the reason, and the test
 * is skipped with it.
 */

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import type { BackendName } from '../behaviour/capabilities.ts'
import { canKeep } from '../behaviour/capabilities.ts'
import { freshName } from '../behaviour/world.ts'
import { type BackendSettings, GATE_CERTIFICATE } from '../support/gate.ts'
import type { Credentials } from '../support/reference-signer.ts'
import { run } from '../support/run.ts'
import { CLIENTS } from './adapters/index.ts'
import { type Ability, Cannot, type ClientAdapter, type Session } from './client.ts'
import { PAGED_KEYS, type Scheme, Stage } from './stage.ts'
import { expected, harvest, PREFIX, plant } from './tree.ts'

const MIB = 1024 * 1024
const METADATA = { colour: 'green', shape: 'round corners', my_key: '1' }
/** Where `_` comes back as `-`. */
const FOLDED = { colour: 'green', shape: 'round corners', 'my-key': '1' }
/** Of a table: some megabytes of text. */
const ROWS = 50_000
const TAGS = { team: 'blue', cost: '42' }

/** @param settings undefined: the embedded store */
export function clients(backend: BackendName, settings: BackendSettings | undefined, scheme: Scheme): void {
  describe(`on ${backend} over ${scheme}`, () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await Stage.raise(backend, settings, scheme)
    })
    afterAll(() => stage?.lower())
    for (const adapter of CLIENTS) describeClient(adapter, scheme, () => stage)
  })
}

function describeClient(adapter: ClientAdapter, scheme: Scheme, stageOf: () => Stage): void {
  const missing = adapter.needs.filter((path) => !existsSync(path))
  if (missing.length > 0 && process.env.CI !== 'true') {
    describe.skip(`${adapter.name} (skipped: ${missing.join(', ')} is not installed)`, () => {
      test('nothing to run', () => {})
    })
    return
  }
  describe(adapter.name, () => wholeJob(adapter, scheme, stageOf))
}

function wholeJob(adapter: ClientAdapter, scheme: Scheme, stageOf: () => Stage): void {
  let stage: Stage
  let home: string
  let session: Session
  const homes: string[] = []
  const [bucket, other] = [freshName('client'), freshName('other')]
  const files = {
    small: randomBytes(1000),
    'empty.bin': Buffer.alloc(0),
    large: randomBytes(12 * MIB),
  }
  const fileOf = (name: string) => join(home, name)

  const open = async (credentials: Credentials): Promise<Session> => {
    const own = await mkdtemp(join(tmpdir(), 's3warden-client-'))
    homes.push(own)
    const { endpoint, host } = stage.gate
    return adapter.open({
      ...credentials,
      endpoint,
      host,
      secure: scheme === 'https',
      project: stage.firstProject,
      authority: GATE_CERTIFICATE.authority,
      home: own,
    })
  }
  /** What the client can do, or the test is skipped with the reason. */
  const ability = <F>(given: Ability<F>, { skip }: TestContext): F => {
    if (given instanceof Cannot) return skip(given.why)
    return given
  }
  /** The log lines of what this does. */
  const logged = (work: () => Promise<unknown>) => stage.logged(work)

  beforeAll(async () => {
    stage = stageOf()
    home = await mkdtemp(join(tmpdir(), 's3warden-files-'))
    homes.push(home)
    for (const [name, content] of Object.entries(files)) await writeFile(fileOf(name), content)
    session = await open(stage.writer)
  })
  afterAll(async () => {
    await session?.close()
    for (const made of homes) await rm(made, { recursive: true, force: true })
  })

  test('makes a bucket', async () => {
    await stage.makeBucket(other)
    if (session.makeBucket instanceof Cannot) await stage.makeBucket(bucket)
    else await session.makeBucket(bucket)
    expect(await stage.buckets()).toContain(bucket)
  })

  test.for(['small', 'empty.bin', 'large'] as const)('uploads and downloads: %s', async (name, context) => {
    const reason = adapter.without[name]
    if (reason !== undefined) context.skip(reason)
    const upload = ability(session.upload, context)
    const download = ability(session.download, context)
    const entries = await logged(() => upload(fileOf(name), bucket, `up/${name}`))
    expect((await stage.get(bucket, `up/${name}`)).equals(files[name])).toBe(true)
    if (name === 'large' && adapter.parts === 'used') {
      const parts = entries.filter(({ operation }) => operation === 'UploadPart')
      expect(parts.length).toBeGreaterThan(1)
    }
    const back = fileOf(`${name}-back`)
    await download(bucket, `up/${name}`, back)
    expect((await readFile(back)).equals(files[name])).toBe(true)
  })

  test('lists its buckets', async (context) => {
    const buckets = ability(session.buckets, context)
    expect([...(await buckets())].sort()).toEqual([...(await stage.buckets())].sort())
  })

  test('reads a range', async (context) => {
    const range = ability(session.range, context)
    await stage.put(bucket, 'up/digits', '0123456789')
    const got = await range(bucket, 'up/digits', 3, 9)
    expect(got.toString()).toBe('3456789')
  })

  test('syncs a tree with awkward names, there and back', async (context) => {
    const up = ability(session.syncUp, context)
    const down = ability(session.syncDown, context)
    const source = fileOf('tree')
    const target = fileOf('tree-back')
    await mkdir(source)
    const names = await plant(source, Object.keys(adapter.without))
    await up(source, bucket, PREFIX)
    if (adapter.layout === 'keys are paths') {
      const keys = (await stage.keys(bucket, PREFIX)).filter((key) => !key.endsWith('/'))
      expect(new Set(keys)).toEqual(new Set(names.map((name) => PREFIX + name)))
    }
    await down(bucket, PREFIX, target)
    expect(await harvest(target)).toEqual(expected(names))
  })

  test('keeps an empty segment in a key', async (context) => {
    const upload = ability(session.upload, context)
    const download = ability(session.download, context)
    ability(adapter.emptySegments === 'kept' ? null : adapter.emptySegments, context)
    const key = 'double//slash'
    if (!canKeep(stage.can, key)) {
      await expect(upload(fileOf('small'), bucket, key)).rejects.toThrow(/empty segment|NotImplemented|501/)
      expect(await stage.exists(bucket, 'double/slash')).toBe(false)
      return
    }
    await upload(fileOf('small'), bucket, key)
    expect((await stage.get(bucket, key)).equals(files.small)).toBe(true)
    await download(bucket, key, fileOf('slash-back'))
    expect((await readFile(fileOf('slash-back'))).equals(files.small)).toBe(true)
  })

  test('lists more than a page', async (context) => {
    const list = ability(session.list, context)
    expect([...(await list(stage.pagedBucket))].sort()).toEqual(PAGED_KEYS)
  })

  test('presigns GET', async (context) => {
    const presign = ability(session.presignGet, context)
    await stage.put(bucket, 'up/presigned get', 'by URL')
    const { stdout, stderr } = await curl(await presign(bucket, 'up/presigned get'))
    expect([stdout, stderr]).toEqual(['by URL', ''])
  })

  test('presigns PUT', async (context) => {
    const presign = ability(session.presignPut, context)
    const url = await presign(bucket, 'up/presigned put')
    const put = await curl('--upload-file', fileOf('small'), url)
    expect([put.code, put.stdout, put.stderr]).toEqual([0, '', ''])
    expect((await stage.get(bucket, 'up/presigned put')).equals(files.small)).toBe(true)
  })

  test('copies within a bucket and across', async (context) => {
    const copy = ability(session.copy, context)
    await stage.put(bucket, 'up/source ü', 'copied')
    if (adapter.copySource === 'as seen' && stage.can.conditions.copySource === 'refused') {
      const copied = copy({ bucket, key: 'up/source ü' }, { bucket, key: 'copies/target ü' })
      await expect(copied).rejects.toThrow(/NotImplemented|501/)
      return
    }
    for (const to of adapter.acrossBuckets === 'copied' ? [bucket, other] : [bucket]) {
      const entries = await logged(() =>
        copy({ bucket, key: 'up/source ü' }, { bucket: to, key: 'copies/target ü' }),
      )
      expect((await stage.get(to, 'copies/target ü')).toString()).toBe('copied')
      expect(entries.map(({ operation }) => operation)).toContain('CopyObject')
    }
  })

  test('sets and reads tags', async (context) => {
    const setTags = ability(session.setTags, context)
    const tags = ability(session.tags, context)
    await stage.put(bucket, 'up/tagged', 'x')
    await setTags(bucket, 'up/tagged', TAGS)
    expect(await tags(bucket, 'up/tagged')).toEqual(TAGS)
  })

  test('sets and reads metadata', async (context) => {
    const upload = ability(session.uploadWithMetadata, context)
    const metadata = ability(session.metadata, context)
    await upload(fileOf('small'), bucket, 'up/described', METADATA)
    expect(await metadata(bucket, 'up/described')).toMatchObject(
      stage.can.underscores === 'kept' ? METADATA : FOLDED,
    )
  })

  test('reads attributes', async (context) => {
    const attributes = ability(session.attributes, context)
    await stage.put(bucket, 'up/measured', '0123456789')
    expect(await attributes(bucket, 'up/measured')).toBe(10)
  })

  test('writes a table, and reads a column of it by ranges', async (context) => {
    const table = ability(session.table, context)
    const key = 'up/table.parquet'
    const entries = await logged(async () => {
      expect(await table(bucket, key, ROWS)).toBe((ROWS * (ROWS - 1)) / 2)
    })
    const read = entries.filter(({ operation }) => operation === 'GetObject')
    expect(new Set(read.map(({ status }) => status))).toEqual(new Set([206]))
  })

  test('works in another project as KEY@projectId', async (context) => {
    ability(adapter.project === 'carried' ? null : adapter.project, context)
    const { accessKey, secretKey } = stage.writer
    const there = await open({ accessKey: `${accessKey}@${stage.secondProject}`, secretKey })
    try {
      const far = freshName('far')
      if (there.makeBucket instanceof Cannot) {
        // A bucket of the key's own project is then out of reach, which is what shows.
        const write = ability(writing(there), context)
        const entries = await logged(() => expect(write()).rejects.toThrow())
        const refused = entries.filter(({ status }) => status === 403)
        expect(new Set(refused.map(({ project_id }) => project_id))).toEqual(new Set([stage.secondProject]))
        return
      }
      const { makeBucket } = there
      const entries = await logged(() => makeBucket(far))
      expect(await stage.buckets()).not.toContain(far)
      const made = entries.filter(({ bucket: name, status }) => name === far && status === 200)
      expect(new Set(made.map(({ project_id }) => project_id))).toEqual(new Set([stage.secondProject]))
    } finally {
      await there.close()
    }
  })

  /** Something that a key is refused that may not write here. */
  const writing = ({ upload, syncUp, makeBucket }: Session): Ability<() => Promise<void>> => {
    if (!(upload instanceof Cannot)) return () => upload(fileOf('small'), bucket, 'refused')
    if (!(syncUp instanceof Cannot)) {
      return async () => {
        const source = fileOf('refused')
        await mkdir(source, { recursive: true })
        await writeFile(join(source, 'file'), 'x')
        await syncUp(source, bucket, 'refused/')
      }
    }
    return makeBucket instanceof Cannot ? syncUp : () => makeBucket(freshName('refused'))
  }

  test('is refused, and says so, after few requests', async (context) => {
    const reader = await open(stage.reader)
    try {
      const attempt = ability(writing(reader), context)
      let said = ''
      const entries = await logged(async () => {
        said = await attempt().then(
          () => 'done',
          (error: Error) => error.message,
        )
      })
      expect(said).toMatch(
        /access ?denied|permission denied|insufficient permissions|operation not permitted|forbidden|\b403\b/i,
      )
      expect(said).not.toMatch(/Traceback|panic:|goroutine|\n {4}at /)
      const refused = entries.filter(({ status }) => status === 403)
      expect(refused.map(({ operation }) => operation)).not.toEqual([])
      expect(refused.length).toBeLessThanOrEqual(adapter.requestsWhenRefused)
      expect(await stage.exists(bucket, 'refused')).toBe(false)
    } finally {
      await reader.close()
    }
  })

  test('deletes one, and many', async (context) => {
    if (session.remove instanceof Cannot || adapter.layout instanceof Cannot) {
      const removeMany = ability(session.removeMany, context)
      const before = await stage.keys(bucket)
      await removeMany(bucket, [])
      const after = new Set(await stage.keys(bucket))
      expect(before.filter((key) => !after.has(key)).length).toBeGreaterThan(1)
      return
    }
    await session.remove(bucket, 'up/small')
    expect(await stage.exists(bucket, 'up/small')).toBe(false)
    const removeMany = ability(session.removeMany, context)
    const many = ['many/a b', 'many/ü', 'many/c+d']
    for (const key of many) await stage.put(bucket, key, 'x')
    await removeMany(bucket, many)
    expect(await stage.keys(bucket, 'many/')).toEqual([])
  })

  test('removes the bucket, once it is empty', async (context) => {
    const removeBucket = ability(session.removeBucket, context)
    if (adapter.fullBuckets === 'kept') {
      await removeBucket(bucket).then(
        () => expect.unreachable('a bucket with objects was removed'),
        () => {},
      )
      await stage.empty(bucket)
    }
    await removeBucket(bucket)
    expect(await stage.buckets()).not.toContain(bucket)
  })
}

function curl(...args: readonly string[]) {
  return run('/usr/bin/curl', ['-sS', '--cacert', GATE_CERTIFICATE.authority, ...args], {
    env: { PATH: '/usr/bin:/bin' },
  })
}
