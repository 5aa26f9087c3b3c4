import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/iam/secret.ts'
import { createSealer, type Identity } from '../../src/store/seal.ts'

const KEY: Identity = { table: 'access_keys', id: 'SCW00000000000000000' }
const SECRET = new Secret('7e4a0e23-50f4-4080-a776-7c72175f4ccb')

describe('a sealed secret', () => {
  const sealer = createSealer(randomBytes(32))
  const sealed = sealer.seal(SECRET, KEY)

  test('opens for its own row', () => {
    expect(sealer.unseal(sealed, KEY).reveal()).toBe(SECRET.reveal())
  })

  test('does not hold the secret in the clear, and never looks the same twice', () => {
    expect(sealed.includes(SECRET.reveal())).toBe(false)
    expect(sealer.seal(SECRET, KEY).equals(sealed)).toBe(false)
  })

  test('does not open with any one bit flipped', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => sealer.unseal(flipped, KEY), `bit ${bit}`).toThrow()
    }
  })

  test('does not open when shortened or extended', () => {
    for (let length = 0; length < sealed.length; length++) {
      expect(() => sealer.unseal(sealed.subarray(0, length), KEY), `length ${length}`).toThrow()
    }
    expect(() => sealer.unseal(Buffer.concat([sealed, Buffer.of(0)]), KEY)).toThrow()
  })

  test.each<Identity>([
    { table: 'access_keys', id: 'SCW00000000000000001' },
    { table: 'backends', id: KEY.id },
  ])('does not open in another row: $table $id', (identity) => {
    expect(() => sealer.unseal(sealed, identity)).toThrow()
  })

  test('does not open under another data key', () => {
    expect(() => createSealer(randomBytes(32)).unseal(sealed, KEY)).toThrow()
  })
})

test('the look-up hash depends on secret and data key, and on nothing else', () => {
  const dataKey = randomBytes(32)
  const hash = createSealer(dataKey).lookupHash(SECRET)
  expect(createSealer(dataKey).lookupHash(new Secret(SECRET.reveal())).equals(hash)).toBe(true)
  expect(createSealer(dataKey).lookupHash(new Secret('another')).equals(hash)).toBe(false)
  expect(createSealer(randomBytes(32)).lookupHash(SECRET).equals(hash)).toBe(false)
})
