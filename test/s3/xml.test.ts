import { describe, expect, test } from 'vitest'
import { S3Error } from '../../src/s3/error.ts'
import { escapeXml, parseXml, type XmlElement } from '../../src/s3/xml.ts'
import { renderError } from '../../src/s3/xml-error.ts'
import { serializeDocument, textElement, xmlDocument } from '../../src/s3/xml-writer.ts'
import { createRandom, randomText } from './random.ts'
import { refusal } from './requests.ts'

const parse = (xml: string) => parseXml(Buffer.from(xml))
const text = (xml: string) => parse(`<a>${xml}</a>`).text

describe('text is what was written', () => {
  test.each<[string, string]>([
    ['', ''],
    ['key', 'key'],
    [' key ', ' key '],
    ['\n key\t', '\n key\t'],
    ['007', '007'],
    ['1e3', '1e3'],
    ['0x1F', '0x1F'],
    ['true', 'true'],
    ['null', 'null'],
    ['&#107;', 'k'],
    ['&#x6b;&#x6B;', 'kk'],
    ['&#13;&#10;&#9;', '\r\n\t'],
    ['&#1;', '\u0001'],
    ['&#128512;', '😀'],
    ['&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
    ['&amp;#107;', '&#107;'],
    ['&amp;amp;', '&amp;'],
    ['<![CDATA[<k>&amp;&#107;]]>', '<k>&amp;&#107;'],
    ['a<![CDATA[b]]>c', 'abc'],
    ['a<!-- b -->c', 'ac'],
    ['<!-- -->', ''],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['ä€😀', 'ä€😀'],
    ['a]b>c', 'a]b>c'],
    ['__proto__', '__proto__'],
  ])('%j is %j', (xml, expected) => {
    expect(text(xml)).toBe(expected)
  })

  test('names, attributes and nesting too', () => {
    const xml = `\ufeff<?xml version="1.0" encoding="utf-8"?>
      <!-- one --><A xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><B x="1&amp;2"/><B> </B>
      <C xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><D>d</D></C></A>`
    const element = (
      name: string,
      children: XmlElement[],
      content = '',
      attributes: [string, string][] = [],
    ) => ({
      name,
      attributes,
      children,
      text: content,
    })
    expect(parse(xml)).toEqual(
      element('A', [
        element('B', [], '', [['x', '1&2']]),
        element('B', [], ' '),
        element('C', [element('D', [], 'd')], '', [['xsi:type', 'Group']]),
      ]),
    )
  })
})

describe('refused as MalformedXML', () => {
  const deep = (levels: number) => '<a>'.repeat(levels) + '</a>'.repeat(levels)
  test.each<[string, string]>([
    ['nothing', ''],
    ['blanks', '  \n'],
    ['text', 'key'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['a billion laughs', '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><a>&z;</a>'],
    ['a document type in lower case', '<!doctype a><a/>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['an entity of the language below', '<a>&constructor;</a>'],
    ['an ampersand alone', '<a>a & b</a>'],
    ['an ampersand at the end', '<a>a&</a>'],
    ['a reference to nothing', '<a>&#;</a>'],
    ['a reference to NUL', '<a>&#0;</a>'],
    ['a reference to half a character', '<a>&#xD800;</a>'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['NUL', '<a>\u0000</a>'],
    ['two roots', '<a/><b/>'],
    ['an open element', '<a><b></a>'],
    ['an element closed twice', '<a></a></a>'],
    ['a closing tag in another case', '<A></a>'],
    ['half a tag', '<a'],
    ['half a comment', '<a><!-- </a>'],
    ['half a CDATA', '<a><![CDATA[</a>'],
    ['text before the root', 'x<a/>'],
    ['text behind the root', '<a/>x'],
    ['text beside elements', '<a>x<b/></a>'],
    ['CDATA beside elements', '<a><![CDATA[x]]><b/></a>'],
    ['a processing instruction', '<a><?php evil ?></a>'],
    ['a prefix', '<s3:a xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
    ['17 levels', deep(17)],
    ['ten thousand levels', deep(10_000)],
    ['an element named as a trap', '<a><__proto__>x</__proto__></a>'],
    ['an element named as another', '<a><constructor>x</constructor></a>'],
  ])('%s', (_, xml) => {
    expect(refusal(() => parse(xml)).code).toBe('MalformedXML')
  })

  test('what is not UTF-8', () => {
    expect(refusal(() => parseXml(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).code).toBe(
      'MalformedXML',
    )
    expect(refusal(() => parseXml(Buffer.from('<a/>', 'utf16le'))).code).toBe('MalformedXML')
  })

  test('16 levels are not too many', () => {
    expect(parse(deep(16)).name).toBe('a')
  })
})

describe('writing', () => {
  test.each<[string, string]>([
    ['a&b', 'a&amp;b'],
    ['<>"', '&lt;&gt;&quot;'],
    ['\r\n\t', '&#13;\n\t'],
    ['\u0000\u0001\u001f\u007f\u0085', '&#0;&#1;&#31;&#127;&#133;'],
    ['\u2028\ufffe\uffff', '&#8232;&#65534;&#65535;'],
    ['ä😀', 'ä😀'],
    ['', ''],
  ])('%j becomes %s', (plain, escaped) => {
    expect(escapeXml(plain)).toBe(escaped)
  })

  test('any text is read back as it was', () => {
    const random = createRandom(5)
    const pieces = [
      'a',
      ' ',
      '&',
      '<',
      '>',
      '"',
      "'",
      '\r',
      '\n',
      '\t',
      '\u0001',
      '\u0085',
      'ä',
      '😀',
      ']]>',
      '&#107;',
      '<!--',
      '<![CDATA[',
      '\u2028',
    ]
    for (let i = 0; i < 3000; i++) {
      const given = randomText(random, pieces, 8)
      const document = xmlDocument('Root', textElement('Key', given))
      expect(parse(document).children[0]?.text).toBe(given)
      expect(parseXml(serializeDocument(parse(document)))).toEqual(parse(document))
    }
  })

  test('any bytes are read or refused, never more', () => {
    const random = createRandom(6)
    const pieces = [
      '<',
      '>',
      '/',
      'a',
      'b',
      '<a>',
      '</a>',
      '<b/>',
      '&',
      ';',
      '&amp;',
      '#',
      '!',
      '--',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '?',
      '<?xml',
      '?>',
      '"',
      '=',
      ' ',
      '\n',
      '\u0000',
      'ä',
      ':',
    ]
    for (let i = 0; i < 10_000; i++) {
      const xml = `<a>${randomText(random, pieces, 12)}</a>`
      try {
        const root = parse(xml)
        expect(parseXml(serializeDocument(root)).children).toEqual(root.children)
      } catch (error) {
        if (!(error instanceof S3Error) || error.code !== 'MalformedXML') throw error
      }
    }
  })
})

describe('errors', () => {
  const context = { resource: '/bucket/a&b', requestId: 'R1', hostId: 'H1' }
  test('have AWS’s shape: no namespace, the code’s elements before the ids', () => {
    const error = new S3Error('NoSuchKey', { elements: [['Key', 'a<b\r']] })
    expect(renderError(error, context)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>' +
        '<Key>a&lt;b&#13;</Key><Resource>/bucket/a&amp;b</Resource>' +
        '<RequestId>R1</RequestId><HostId>H1</HostId></Error>',
    )
  })

  test('never show what is for the log', () => {
    const error = new S3Error('AccessDenied', { reason: 'rule 7', cause: new Error('backend') })
    expect(renderError(error, { ...context, resource: '' })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<Error><Code>AccessDenied</Code><Message>Access Denied</Message>' +
        '<RequestId>R1</RequestId><HostId>H1</HostId></Error>',
    )
  })
})
