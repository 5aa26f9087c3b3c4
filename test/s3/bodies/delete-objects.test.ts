import { describe, expect, test } from 'vitest'
import {
  type DeleteEntry,
  formatDelete,
  formatDeleteResult,
  parseDelete,
  parseDeleteResult,
} from '../../../src/s3/bodies/delete-objects.ts'
import { parseXml } from '../../../src/s3/xml.ts'
import { createRandom, randomText } from '../random.ts'
import { refusal } from '../requests.ts'

const parse = (xml: string) => parseDelete(Buffer.from(xml))
const body = (...objects: string[]) =>
  `<Delete>${objects.map((object) => `<Object>${object}</Object>`).join('')}</Delete>`
const entry = (key: string, more: Partial<DeleteEntry> = {}): DeleteEntry => ({
  key,
  versionId: null,
  etag: null,
  ...more,
})

describe('what is authorized is exactly what is deleted', () => {
  test.each<[string, string]>([
    ['<Key>&#107;</Key>', 'k'],
    ['<Key>&#x6B;ey</Key>', 'key'],
    ['<Key><![CDATA[k&amp;]]></Key>', 'k&amp;'],
    ['<Key>k<!-- not the key -->ey</Key>', 'key'],
    ['<Key> leading</Key>', ' leading'],
    ['<Key>trailing\n</Key>', 'trailing\n'],
    ['<Key>a&#13;b</Key>', 'a\rb'],
    ['<Key>007</Key>', '007'],
    ['<Key>1e3</Key>', '1e3'],
    ['<Key>true</Key>', 'true'],
    ['<Key>a%2Fb</Key>', 'a%2Fb'],
    ['<Key>a&amp;#107;</Key>', 'a&#107;'],
  ])('%s is the key %j', (xml, key) => {
    const { entries } = parse(body(xml))
    expect(entries).toEqual([entry(key)])
    expect(parseDelete(formatDelete(entries, false)).entries).toEqual(entries)
  })

  test('versions and conditions go along, in order, repeats included', () => {
    const request = parse(
      '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>' +
        '<Object><Key>a</Key><VersionId>v1</VersionId></Object>' +
        '<Object><Key>b</Key><ETag>"e"</ETag></Object>' +
        '<Object><Key>a</Key></Object></Delete>',
    )
    expect(request).toEqual({
      quiet: true,
      entries: [entry('a', { versionId: 'v1' }), entry('b', { etag: '"e"' }), entry('a')],
    })
    expect(parseDelete(formatDelete(request.entries, true))).toEqual(request)
  })

  test('any key survives', () => {
    const random = createRandom(7)
    const pieces = ['a', ' ', '&', '<', '\r', '\n', '\u0001', 'ä', '😀', ']]>', '/', '%2e', '&#46;']
    for (let i = 0; i < 1000; i++) {
      const entries = [entry(`k${randomText(random, pieces, 8)}`)]
      expect(parseDelete(formatDelete(entries, false)).entries).toEqual(entries)
    }
  })

  test('a thousand keys are not too many', () => {
    expect(parse(body(...Array.from({ length: 1000 }, (_, i) => `<Key>${i}</Key>`))).entries).toHaveLength(
      1000,
    )
  })
})

describe('refused, whole', () => {
  test.each<[string, string, string]>([
    ['no objects', body(), 'MalformedXML'],
    ['1001 objects', body(...Array.from({ length: 1001 }, () => '<Key>a</Key>')), 'MalformedXML'],
    ['two keys in one object', body('<Key>a</Key><Key>b</Key>'), 'MalformedXML'],
    [
      'two versions in one object',
      body('<Key>a</Key><VersionId>1</VersionId><VersionId>2</VersionId>'),
      'MalformedXML',
    ],
    ['an empty version', body('<Key>a</Key><VersionId></VersionId>'), 'MalformedXML'],
    ['a condition on time', body('<Key>a</Key><LastModifiedTime>t</LastModifiedTime>'), 'NotImplemented'],
    ['a condition on size', body('<Key>a</Key><Size>1</Size>'), 'NotImplemented'],
    ['no key', body('<VersionId>1</VersionId>'), 'MalformedXML'],
    ['an empty key', body('<Key></Key>'), 'UserKeyMustBeSpecified'],
    ['an element within a key', body('<Key><b>a</b></Key>'), 'MalformedXML'],
    ['an unknown element', body('<Key>a</Key><Prefix>b</Prefix>'), 'MalformedXML'],
    [
      'quiet twice',
      '<Delete><Quiet>true</Quiet><Quiet>false</Quiet><Object><Key>a</Key></Object></Delete>',
      'MalformedXML',
    ],
    [
      'a quiet that is none',
      '<Delete><Quiet>maybe</Quiet><Object><Key>a</Key></Object></Delete>',
      'MalformedXML',
    ],
    ['another root', '<Remove><Object><Key>a</Key></Object></Remove>', 'MalformedXML'],
    [
      'an entity',
      '<!DOCTYPE a [<!ENTITY x "y">]><Delete><Object><Key>&x;</Key></Object></Delete>',
      'MalformedXML',
    ],
    ['a dot segment', body('<Key>good</Key>', '<Key>../other/key</Key>'), 'InvalidURI'],
    ['a dot segment in disguise', body('<Key>a/&#46;&#46;/b</Key>'), 'InvalidURI'],
    ['a key that is too long', body(`<Key>${'a'.repeat(1025)}</Key>`), 'KeyTooLongError'],
  ])('%s', (_, xml, code) => {
    expect(refusal(() => parse(xml)).code).toBe(code)
  })
})

describe('the answer', () => {
  const result = (inner: string) => parseDeleteResult(Buffer.from(`<DeleteResult>${inner}</DeleteResult>`))
  const answer = (xml: string) =>
    parseXml(Buffer.from(xml)).children.map((child) => [
      child.name,
      Object.fromEntries(child.children.map(({ name, text }) => [name, text])),
    ])

  test('has refusals and results in the order of the request', () => {
    const request = parse(
      body('<Key>a</Key>', '<Key>b</Key>', '<Key>c</Key><VersionId>1</VersionId>', '<Key>d</Key>'),
    )
    const denied = new Set(request.entries.filter(({ key }) => key === 'b'))
    const outcomes = result(
      '<Error><Key>d</Key><Code>InternalError</Code><Message>disk 7 of host x</Message></Error>' +
        '<Deleted><Key>c</Key><VersionId>1</VersionId></Deleted>' +
        '<Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>m</DeleteMarkerVersionId></Deleted>',
    )
    expect(answer(formatDeleteResult(request, denied, outcomes))).toEqual([
      ['Deleted', { Key: 'a', DeleteMarker: 'true', DeleteMarkerVersionId: 'm' }],
      ['Error', { Key: 'b', Code: 'AccessDenied', Message: 'Access Denied' }],
      ['Deleted', { Key: 'c', VersionId: '1' }],
      [
        'Error',
        { Key: 'd', Code: 'InternalError', Message: 'We encountered an internal error. Please try again.' },
      ],
    ])
  })

  test('is silent about what went well when asked to be', () => {
    const request = parse(
      `<Delete><Quiet>true</Quiet>${['a', 'b', 'c'].map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`,
    )
    const denied = new Set(request.entries.filter(({ key }) => key === 'b'))
    const outcomes = result('<Deleted><Key>a</Key></Deleted>')
    expect(answer(formatDeleteResult(request, denied, outcomes))).toEqual([
      ['Error', { Key: 'b', Code: 'AccessDenied', Message: 'Access Denied' }],
    ])
  })

  test('reports what the backend kept silent about as failed', () => {
    const request = parse(body('<Key>a</Key>'))
    expect(answer(formatDeleteResult(request, new Set(), []))).toMatchObject([
      ['Error', { Key: 'a', Code: 'InternalError' }],
    ])
  })

  test('tells no code that only the backend knows', () => {
    expect(result('<Error><Key>a</Key><Code>XMinioStorageFull</Code></Error>')).toMatchObject([
      { kind: 'error', code: 'InternalError' },
    ])
  })

  test('of a key asked for twice is given twice', () => {
    const request = parse(body('<Key>a</Key>', '<Key>a</Key>'))
    const outcomes = result('<Deleted><Key>a</Key></Deleted><Error><Key>a</Key><Code>SlowDown</Code></Error>')
    expect(answer(formatDeleteResult(request, new Set(), outcomes)).map(([name]) => name)).toEqual([
      'Deleted',
      'Error',
    ])
  })
})
