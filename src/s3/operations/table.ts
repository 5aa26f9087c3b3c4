/**
 * The operation table: every operation of S3's model, and what the gate does with it.
 *
 * A request that is none of these is refused. Rows and reasons stand in the files beside this one.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
import { BUCKET_OPERATIONS } from './bucket.ts'
import { BUCKET_CONFIGURATION_OPERATIONS } from './bucket-configuration.ts'
import { OPENED_BUCKET_OPERATIONS } from './bucket-opened.ts'
import { OBJECT_OPERATIONS } from './object.ts'
import { OBJECT_SUBRESOURCE_OPERATIONS } from './object-subresource.ts'
import type { OperationRow } from './row.ts'
import { SERVICE_OPERATIONS } from './service.ts'

const TABLE = {
  ...SERVICE_OPERATIONS,
  ...BUCKET_OPERATIONS,
  ...BUCKET_CONFIGURATION_OPERATIONS,
  ...OPENED_BUCKET_OPERATIONS,
  ...OBJECT_OPERATIONS,
  ...OBJECT_SUBRESOURCE_OPERATIONS,
} as const satisfies Record<string, OperationRow>

type Table = typeof TABLE

/** All 119 of them. */
export type OperationName = keyof Table

/** The 113 that a request can be: no aliases, nothing that only a host name tells. */
export type MatchableOperationName = {
  [Name in OperationName]: Table[Name]['matching'] extends 'request' ? Name : never
}[OperationName]

type Required = Table[OperationName]['iam']['required'][number]
type Conditional = Table[OperationName]['iam']['conditional'][number]

/** Every action of AWS's that a row names: whoever maps them to actions of ours must map all. */
export type AwsAction = Required['action'] | Extract<Conditional, { action: string }>['action']

export const OPERATIONS: Readonly<Record<OperationName, OperationRow>> & Table = TABLE

/** In the table's order. */
export const OPERATION_NAMES = Object.keys(TABLE) as readonly OperationName[]

export function isOperationName(text: string): text is OperationName {
  return Object.hasOwn(TABLE, text)
}
