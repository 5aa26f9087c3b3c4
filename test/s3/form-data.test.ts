import { describe, expect, it } from 'vitest'
import { S3Error, type S3ErrorCode } from '../../src/s3/error.ts'
import { FormFileDecoder, fileLength, formBoundary, parseFormHead } from '../../src/s3/form-data.ts'

const BOUNDARY = 'xXx'

const field = (name: string, value: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const file = (headers = 'name="file"; filename="a.txt"'): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; ${headers}\r\nContent-Type: text/plain\r\n\r\n`

const head = (text: string) => parseFormHead(Buffer.from(text), BOUNDARY)

function codeOf(call: () => unknown): S3ErrorCode | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof S3Error) return error.code
    throw error
  }
}

describe('boundary', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data; charset=utf-8; boundary="a b;c"', 'a b;c'],
    ['multipart/form-data;BOUNDARY=abc', 'abc'],
  ])('of %s', (contentType, boundary) => {
    expect(formBoundary(contentType)).toBe(boundary)
  })

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
  ])('is missing from %s', (contentType) => {
    expect(codeOf(() => formBoundary(contentType))).toBe('MalformedPOSTRequest')
  })
})

describe('what stands before the file', () => {
  it('is parsed, whatever the fields hold', () => {
    const text = field('key', 'a b/ü') + field('policy', 'e30=') + field('empty', '') + file()
    expect(head(`${text}content`)).toEqual({
      fields: [
        ['key', 'a b/ü'],
        ['policy', 'e30='],
        ['empty', ''],
      ],
      filename: 'a.txt',
      length: Buffer.byteLength(text),
    })
  })

  it('is waited for, byte by byte', () => {
    const text = Buffer.from(field('key', 'k') + file())
    for (let length = 0; length < text.length; length++) {
      expect(parseFormHead(text.subarray(0, length), BOUNDARY)).toBeUndefined()
    }
    expect(parseFormHead(text, BOUNDARY)?.length).toBe(text.length)
  })

  it.each([
    ['another boundary', field('key', 'k').replaceAll(BOUNDARY, 'yYy'), 'MalformedPOSTRequest'],
    [
      'a part without a name',
      `--${BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n${file()}`,
      'MalformedPOSTRequest',
    ],
    ['no file', `${field('key', 'k')}--${BOUNDARY}--\r\n`, 'InvalidArgument'],
    [
      'a boundary with something behind it',
      `--${BOUNDARY}x\r\nContent-Disposition: form-data; name="a"\r\n\r\n`,
      'MalformedPOSTRequest',
    ],
    ['fields without end', field('key', 'k'.repeat(40_000)), 'MaxPostPreDataLengthExceeded'],
  ] as const)('is refused with %s', (_, text, code) => {
    expect(codeOf(() => head(text))).toBe(code)
  })

  it('is refused where a field is not UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="key"\r\n\r\n`),
      Buffer.from([0xff]),
      Buffer.from(`\r\n${file()}`),
    ])
    expect(codeOf(() => parseFormHead(bytes, BOUNDARY))).toBe('MalformedPOSTRequest')
  })
})

describe('the file', () => {
  /** Decodes `body` in pieces of `size` bytes. */
  function decode(
    body: Buffer,
    size: number,
    checkLength: (bytes: number) => void = () => {},
    exactly: number | null = null,
  ): Buffer {
    const slices: Buffer[] = []
    let ended = false
    const file = {
      push: (slice: Buffer) => slices.push(Buffer.from(slice)),
      end: () => {
        ended = true
      },
    }
    const decoder = new FormFileDecoder(BOUNDARY, file, { exactly, checkLength })
    for (let i = 0; i < body.length; i += size) decoder.push(body.subarray(i, i + size))
    decoder.end()
    expect(ended).toBe(true)
    return Buffer.concat(slices)
  }

  const closing = `\r\n--${BOUNDARY}--\r\n`
  const CONTENTS = ['', 'x', '\r\n', `--${BOUNDARY}`, '\r\n--xX', '\r\n--xX\r\n--xX-\r\n-', 'a'.repeat(100)]
  const FIELDS = `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="acl"\r\n\r\npublic-read`

  it.each(CONTENTS)('comes out as it is: %j', (content) => {
    const forms = ['', FIELDS, FIELDS + FIELDS].map((after) => `${after}${closing}`)
    const odd = [
      `${closing}behind it`,
      `${closing}${FIELDS}${closing}`,
      `\r\n--${BOUNDARY}--`,
      `\r\n--${BOUNDARY}-- \t`,
    ]
    for (const after of [...forms, ...odd]) {
      for (let size = 1; size < 60; size++) {
        let length = -1
        const body = Buffer.from(content + after)
        const file = decode(body, size, (bytes) => {
          length = bytes
        })
        expect([file.toString(), length]).toEqual([content, content.length])
      }
    }
  })

  const BAD: readonly (readonly [string, string, S3ErrorCode])[] = [
    ['a boundary is not the end of its line', `abc\r\n--${BOUNDARY}d${closing}`, 'MalformedPOSTRequest'],
    ['the closing boundary is not', `abc\r\n--${BOUNDARY}--d\r\nmore`, 'MalformedPOSTRequest'],
    ['nor is a later one', `abc${FIELDS}\r\n--${BOUNDARY}--d\r\nmore`, 'MalformedPOSTRequest'],
    ['the closing boundary is another', 'abc\r\n--yYy--\r\n', 'MalformedPOSTRequest'],
    ['the closing boundary is missing', 'abc', 'MalformedPOSTRequest'],
    ['a field does not end', `abc${FIELDS}`, 'MalformedPOSTRequest'],
    ['too much follows', `abc${FIELDS}${'x'.repeat(40_000)}\r\n--${BOUNDARY}--\r\n`, 'MalformedPOSTRequest'],
  ]
  it.each(BAD)('is refused where %s', (_, text, code) => {
    for (const size of [1, 2, 3, 7, 16, 39, 1000]) {
      expect(codeOf(() => decode(Buffer.from(text), size))).toBe(code)
    }
  })

  it('is refused where its length is', () => {
    const refuse = () => {
      throw new S3Error('EntityTooLarge')
    }
    expect(codeOf(() => decode(Buffer.from(`abc${closing}`), 5, refuse))).toBe('EntityTooLarge')
  })

  it('has one length, where it has to be known before', () => {
    const { usual, longest } = fileLength(BOUNDARY, `abc${closing}`.length)
    expect([usual, longest]).toEqual([3, 5])
    for (const size of [1, 2, 1000]) {
      const only = (text: string) => decode(Buffer.from(text), size, () => {}, usual)
      expect(only(`abc${closing}`).toString()).toBe('abc')
      for (const [content, after] of [
        ['abcd', closing],
        ['ab', closing],
        ['abcde', `\r\n--${BOUNDARY}--`],
      ] as const) {
        expect(codeOf(() => only(content + after))).toBe('MalformedPOSTRequest')
      }
    }
    expect(codeOf(() => fileLength(BOUNDARY, 3))).toBe('MalformedPOSTRequest')
  })
})
