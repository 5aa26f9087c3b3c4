/** Attacks with form uploads. */
import {
  FILENAME,
  FORM_BOUNDARY,
  formRequest,
  type PostFormOptions,
  postForm,
} from '../../support/s3-request.ts'
import { type Arena, deliver } from '../arena.ts'
import type { Attack } from '../attack.ts'

/** A form of the owner for the bucket `ours`, with something wrong about it. */
function form(
  title: string,
  refusal: Attack['refusal'],
  options: Partial<PostFormOptions> | ((arena: Arena) => Partial<PostFormOptions>),
): Attack {
  return {
    row: 6,
    title,
    refusal,
    attempt: (arena) =>
      deliver(
        arena,
        postForm(arena.owner, {
          host: arena.gate.host,
          bucket: 'ours',
          fields: [['key', 'new']],
          file: 'x',
          ...(typeof options === 'function' ? options(arena) : options),
        }),
      ),
  }
}

const FIELD_AFTER_FILE = `\r\n--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="acl"\r\n\r\npublic-read\r\n--${FORM_BOUNDARY}--\r\n`

const ours = { bucket: 'ours' }
const anyKey = ['starts-with', '$key', '']

const conditions: readonly Attack[] = [
  form('the policy is for another bucket', '403 AccessDenied', {
    conditions: [{ bucket: 'other' }, anyKey],
  }),
  form('the form names another bucket than the URL', ['403 AccessDenied', '400 InvalidArgument'], {
    fields: [
      ['key', 'new'],
      ['bucket', 'theirs'],
    ],
    conditions: [['starts-with', '$bucket', ''], anyKey],
  }),
  form("the URL names a stranger's bucket", '403 AccessDenied', { bucket: 'theirs' }),
  form('a key that the policy does not name', '403 AccessDenied', { conditions: [ours, { key: 'other' }] }),
  form('a key outside the prefix of the policy', '403 AccessDenied', {
    conditions: [ours, ['starts-with', '$key', 'team-a/']],
  }),
  form('a file name that leaves what the policy names', '403 AccessDenied', {
    fields: [['key', FILENAME]],
    conditions: [ours, { key: 'exact' }],
  }),
  form('no condition on the key', '403 AccessDenied', { conditions: [ours] }),
  form('no condition on the bucket', '403 AccessDenied', { conditions: [anyKey] }),
  form('a field that no condition covers', '403 AccessDenied', {
    fields: [
      ['key', 'new'],
      ['x-amz-meta-extra', '1'],
    ],
    conditions: [ours, anyKey],
  }),
  form('a content type other than the one required', '403 AccessDenied', {
    fields: [
      ['key', 'new'],
      ['Content-Type', 'text/html'],
    ],
    conditions: [ours, anyKey, ['eq', '$Content-Type', 'image/png']],
  }),
  form('more bytes than allowed', '400 EntityTooLarge', {
    conditions: [ours, anyKey, ['content-length-range', 0, 3]],
    file: '1234',
  }),
  form('fewer bytes than required', '400 EntityTooSmall', {
    conditions: [ours, anyKey, ['content-length-range', 2, 3]],
    file: '1',
  }),
  form('an unknown kind of condition', '400 InvalidPolicyDocument', {
    conditions: [ours, anyKey, ['ends-with', '$key', 'new']],
  }),
  form('a policy that has expired', '403 AccessDenied', { expiresIn: -1000 }),
  form('a policy that is no JSON', '400 InvalidPolicyDocument', { document: 'nonsense' }),
  form('a policy without conditions', '400 InvalidPolicyDocument', {
    document: JSON.stringify({ expiration: '2100-01-01T00:00:00Z' }),
  }),
  form('an ACL that opens the object', ['403 AccessDenied', '501 NotImplemented'], {
    fields: [
      ['key', 'new'],
      ['acl', 'public-read'],
    ],
  }),
  form('a line break in a field that becomes a header', /^400/, {
    fields: [
      ['key', 'new'],
      ['x-amz-meta-a', 'x\r\nx-amz-acl: public-read'],
    ],
  }),
  form('a filename that is put everywhere', '400 MaxPostPreDataLengthExceeded', {
    filename: 'n'.repeat(15_000),
    fields: [
      ['key', 'new'],
      ['x-ignore-all', FILENAME.repeat(1_000)],
    ],
  }),
  form('a file that a boundary seems to end', '400 MalformedPOSTRequest', {
    closing: `\r\n--${FORM_BOUNDARY}more\r\n--${FORM_BOUNDARY}--\r\n`,
  }),
  form('a file that is too long with fields after it', '400 EntityTooLarge', {
    conditions: [ours, anyKey, ['content-length-range', 0, 3]],
    file: 'four',
    closing: FIELD_AFTER_FILE,
  }),
  form('a file that is too short, but for the fields after it', '400 EntityTooSmall', {
    conditions: [ours, anyKey, ['content-length-range', 10, 100]],
    file: 'four',
    closing: FIELD_AFTER_FILE,
  }),
  form('a key of dot segments', /^400/, { fields: [['key', '../theirs/x']] }),
]

const broken: readonly Attack[] = [
  {
    row: 6,
    title: 'a form without any policy',
    attempt: (arena) =>
      deliver(arena, formRequest({ host: arena.gate.host, bucket: 'ours', file: 'x' }, [['key', 'new']])),
    refusal: '403 AccessDenied',
  },
  {
    row: 6,
    title: 'a policy changed after signing',
    attempt: (arena) => {
      const request = postForm(arena.owner, {
        host: arena.gate.host,
        bucket: 'ours',
        fields: [['key', 'new']],
        file: 'x',
      })
      const text = request.body?.toString('latin1') ?? ''
      const other = Buffer.from(
        JSON.stringify({ expiration: '2100-01-01T00:00:00Z', conditions: [] }),
      ).toString('base64')
      const body = Buffer.from(text.replace(/(name="policy"\r\n\r\n)[^\r]+/, `$1${other}`), 'latin1')
      return deliver(arena, {
        ...request,
        headers: request.headers.map(([name, value]) =>
          name === 'Content-Length' ? [name, String(body.length)] : [name, value],
        ),
        body,
      })
    },
    refusal: '403 SignatureDoesNotMatch',
  },
  {
    row: 6,
    title: 'tags in a form need the right to tag',
    attempt: (arena) =>
      deliver(
        arena,
        postForm(arena.limited.PutObject, {
          host: arena.gate.host,
          bucket: 'ours',
          fields: [
            ['key', 'new'],
            ['tagging', '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>'],
          ],
          file: 'x',
        }),
      ),
    refusal: ['403 AccessDenied', '501 NotImplemented'],
  },
  {
    row: 6,
    title: 'a form of a key that may not write',
    attempt: (arena) =>
      deliver(
        arena,
        postForm(arena.limited.GetObject, {
          host: arena.gate.host,
          bucket: 'ours',
          fields: [['key', 'new']],
          file: 'x',
        }),
      ),
    refusal: '403 AccessDenied',
  },
]

export const forms: readonly Attack[] = [...conditions, ...broken]
