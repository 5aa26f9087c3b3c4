/**
 * Passwords, kept as scrypt hashes: `scrypt$LOG2_N$R$P$SALT$HASH`, salt and hash in base64.
 *
 * https://www.rfc-editor.org/rfc/rfc7914
 */
import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { Secret } from '../iam/secret.ts'
import type { Random } from './deps.ts'
import { type Checks, createChecks } from './validate.ts'

/** A password that was found fit, and hashed: what takes its time is done. */
export class PreparedPassword {
  readonly hash: Secret

  constructor(hash: Secret) {
    this.hash = hash
  }
}

/** To be set: as it was given, or prepared by whoever does not want to wait for it later. */
export type Password = Secret | PreparedPassword

/** @throws ServiceError `invalid_arguments` */
export async function preparePassword(password: Password, random: Random): Promise<PreparedPassword> {
  if (password instanceof PreparedPassword) return password
  const checks = createChecks()
  checkPassword(checks, 'password', password)
  checks.done()
  return new PreparedPassword(new Secret(await hashPassword(password, random)))
}

/** That somebody knew a user's password, as it was at that moment. */
export class PasswordProof {
  readonly userId: string
  readonly #hash: string

  /** @param hash what it was compared with */
  constructor(userId: string, hash: string) {
    this.userId = userId
    this.#hash = hash
  }

  /** @param stored the user's hash now */
  holdsFor(stored: string | null): boolean {
    return stored === this.#hash
  }
}

interface Cost {
  readonly log2N: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and about 60 ms. */
const COST: Cost = { log2N: 15, r: 8, p: 1 }
const SALT_LENGTH = 16
const HASH_LENGTH = 32
const SHORTEST = 8
const LONGEST = 128

export function checkPassword(checks: Checks, argumentName: string, password: Password | undefined): void {
  if (password === undefined || password instanceof PreparedPassword) return
  const { length } = [...password.reveal()]
  if (length < SHORTEST || length > LONGEST) {
    checks.fault(argumentName, 'constraint', `must have ${SHORTEST} to ${LONGEST} characters`)
  }
}

async function hashPassword(password: Secret, random: Random): Promise<string> {
  const salt = random.bytes(SALT_LENGTH)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.log2N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

/** Costs the same where there is no hash (null) to compare with, and then is false. */
export async function matchesPassword(password: Secret, stored: string | null): Promise<boolean> {
  const [, log2N, r, p, salt = '', hash = ''] = stored?.split('$') ?? []
  const cost = stored === null ? COST : { log2N: Number(log2N), r: Number(r), p: Number(p) }
  const expected = stored === null ? Buffer.alloc(HASH_LENGTH) : Buffer.from(hash, 'base64')
  const actual = await derive(password, Buffer.from(salt, 'base64'), cost)
  return timingSafeEqual(actual, expected) && stored !== null
}

function derive(password: Secret, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** log2N
  const options: ScryptOptions = { N, r, p, maxmem: 2 * 128 * N * r }
  return new Promise((resolve, reject) => {
    scrypt(password.reveal().normalize('NFKC'), salt, HASH_LENGTH, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
