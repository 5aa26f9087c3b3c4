import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Connection, header, serialize } from '../support/raw-http.ts'
import { signed } from '../support/s3-request.ts'
import { newDirectory, startBackend, text } from './backend.ts'

describe('a restart', () => {
  it('keeps everything but the credential', async () => {
    const directory = await newDirectory()
    const etag = await (async () => {
      await using first = await startBackend(directory)
      await first.send({ method: 'PUT', target: '/bucket' })
      return header(await first.send({ method: 'PUT', target: '/bucket/k', body: 'kept' }), 'etag')
    })()
    await using second = await startBackend(directory)
    const got = await second.send({ method: 'GET', target: '/bucket/k' })
    expect([text(got), header(got, 'etag')]).toEqual(['kept', etag])
    await rm(directory, { recursive: true, force: true })
  })

  it('makes a new credential each time', async () => {
    await using first = await startBackend()
    await using second = await startBackend()
    expect(first.accessKey).not.toBe(second.accessKey)
    expect(JSON.stringify(first.secretKey)).toBe('"[secret]"')
  })

  it('of another over the same directory is refused', async () => {
    await using backend = await startBackend()
    await expect(startBackend(backend.directory)).rejects.toThrow('in use by another process')
  })
})

describe('closing', () => {
  it('does not wait for connections that are merely open', async () => {
    const backend = await startBackend()
    const connection = await Connection.open(backend.port)
    connection.write(
      serialize(
        signed(backend.credentials, { method: 'GET', target: '/' }, { host: `127.0.0.1:${backend.port}` }),
      ),
    )
    expect((await connection.response('GET')).status).toBe(200)
    await backend[Symbol.asyncDispose]()
    connection.close()
  })
})

describe('an upload that breaks off', () => {
  it('leaves the old object, and nothing of the new one', async () => {
    await using backend = await startBackend()
    await backend.send({ method: 'PUT', target: '/bucket' })
    await backend.send({ method: 'PUT', target: '/bucket/k', body: 'old' })
    const bytes = serialize(
      signed(
        backend.credentials,
        { method: 'PUT', target: '/bucket/k', body: randomBytes(1_000_000) },
        { host: `127.0.0.1:${backend.port}` },
      ),
    )
    for (const sent of [bytes.length - 1, bytes.length - 500_000]) {
      const connection = await Connection.open(backend.port)
      connection.write(bytes.subarray(0, sent))
      await sleep(50)
      connection.close()
    }
    const incoming = join(backend.directory, 'incoming')
    for (let i = 0; i < 100 && (await readdir(incoming)).length > 0; i++) await sleep(20)
    expect(await readdir(incoming)).toEqual([])
    expect(text(await backend.send({ method: 'GET', target: '/bucket/k' }))).toBe('old')
    expect(backend.faults).toEqual([])
  })
})

describe('a slow reader', () => {
  it('gets the whole object though it is replaced and deleted meanwhile', async () => {
    await using backend = await startBackend()
    const data = randomBytes(20_000_000)
    await backend.send({ method: 'PUT', target: '/bucket' })
    await backend.send({ method: 'PUT', target: '/bucket/k', body: data })
    const { method, target, headers } = signed(
      backend.credentials,
      { method: 'GET', target: '/bucket/k' },
      { host: `127.0.0.1:${backend.port}` },
    )
    const received: Buffer[] = []
    await new Promise<void>((resolve, reject) => {
      httpRequest({ port: backend.port, method, path: target, headers: Object.fromEntries(headers) })
        .on('error', reject)
        .on('response', (response) => {
          response.pause()
          response.on('data', (chunk: Buffer) => received.push(chunk))
          response.on('end', resolve)
          response.on('error', reject)
          response.pause()
          void (async () => {
            await backend.send({ method: 'PUT', target: '/bucket/k', body: 'new' })
            await backend.send({ method: 'DELETE', target: '/bucket/k' })
            response.resume()
          })()
        })
        .end()
    })
    expect(Buffer.concat(received).equals(data)).toBe(true)
    const blobs = join(backend.directory, 'blobs')
    const files = async () =>
      (await readdir(blobs, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    for (let i = 0; i < 100 && (await files()).length > 0; i++) await sleep(20)
    expect(await files()).toEqual([])
  })
})
