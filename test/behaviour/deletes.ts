/** Batch deletes. */
import { createHash } from 'node:crypto'
import { DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { beforeEach, describe, expect, test } from 'vitest'
import { encodeKey } from '../support/reference-signer.ts'
import { canKeep } from './capabilities.ts'
import { call, elements, makeBucket, verdict, type WorldOf } from './world.ts'

const ALL_KEYS = ['plain', ' lead', 'trail ', '007', '1e3', 'true', 'ü', '<&>', 'a//b', 'k']

export function deletes(worldOf: WorldOf): void {
  let Bucket: string
  let KEYS: readonly string[]

  const left = async () =>
    (await worldOf().s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? []

  const batch = (body: string) =>
    call(worldOf(), {
      method: 'POST',
      target: `/${Bucket}?delete`,
      headers: [['Content-MD5', createHash('md5').update(body).digest('base64')]],
      body,
    })

  describe('batch deletes', () => {
    beforeEach(async () => {
      const world = worldOf()
      KEYS = ALL_KEYS.filter((key) => canKeep(world.can, key))
      Bucket = await makeBucket(world)
      for (const key of KEYS) {
        await call(world, { method: 'PUT', target: `/${Bucket}/${encodeKey(key)}`, body: key })
      }
    })

    test('delete exactly the keys that were named', async () => {
      const { s3 } = worldOf()
      const Objects = KEYS.slice(0, 6).map((Key) => ({ Key }))
      const result = await s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [...Objects, { Key: 'never was' }] } }),
      )
      expect(result.Errors ?? []).toEqual([])
      expect(new Set(result.Deleted?.map(({ Key }) => Key))).toEqual(
        new Set([...KEYS.slice(0, 6), 'never was']),
      )
      expect(new Set(await left())).toEqual(new Set(KEYS.slice(6)))
    })

    test('quiet reports errors only', async () => {
      const result = await worldOf().s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'k' }], Quiet: true } }),
      )
      expect([result.Deleted ?? [], result.Errors ?? []]).toEqual([[], []])
      expect(await left()).not.toContain('k')
    })

    test.for([
      ['a numeric reference', '&#107;', 'k'],
      ['a hexadecimal reference', '&#x6b;', 'k'],
      ['CDATA', '<![CDATA[<&>]]>', '<&>'],
      ['named entities', '&lt;&amp;&gt;', '<&>'],
      ['a leading space', ' lead', ' lead'],
      ['leading zeros', '007', '007'],
      ['a number with exponent', '1e3', '1e3'],
    ] as const)('a key written with %s', async ([, written, key]) => {
      const response = await batch(`<Delete><Object><Key>${written}</Key></Object></Delete>`)
      expect(response.status).toBe(200)
      expect(elements(response, 'Key')).toEqual([key])
      expect(new Set(await left())).toEqual(new Set(KEYS.filter((other) => other !== key)))
    })

    test.for([
      ['no XML', 'nonsense', '400 MalformedXML'],
      ['nothing to delete', '<Delete></Delete>', '400 MalformedXML'],
      ['an object without a key', '<Delete><Object></Object></Delete>', '400 MalformedXML'],
      [
        'two keys in one object',
        '<Delete><Object><Key>k</Key><Key>ü</Key></Object></Delete>',
        '400 MalformedXML',
      ],
      [
        'a DOCTYPE',
        '<!DOCTYPE d [<!ENTITY e "k">]><Delete><Object><Key>&e;</Key></Object></Delete>',
        '400 MalformedXML',
      ],
      [
        '1001 keys',
        `<Delete>${Array.from({ length: 1001 }, (_, i) => `<Object><Key>${i}</Key></Object>`).join('')}</Delete>`,
        '400 MalformedXML',
      ],
    ] as const)('%s is refused', async ([, body, expected]) => {
      expect(verdict(await batch(body))).toBe(expected)
      expect((await left()).length).toBe(KEYS.length)
    })

    test('without a checksum it is refused', async () => {
      const response = await call(worldOf(), {
        method: 'POST',
        target: `/${Bucket}?delete`,
        body: '<Delete><Object><Key>k</Key></Object></Delete>',
      })
      expect(verdict(response)).toBe('400 InvalidRequest')
      expect(await left()).toContain('k')
    })
  })
}
