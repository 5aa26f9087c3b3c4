/** What the tests need to know of a Markdown document: its fenced blocks, its headings, its links. */
import { readFileSync } from 'node:fs'

/** A fenced block. https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
export interface Block {
  /** The first word behind the fence. */
  readonly language: string
  /** The words behind it: `needs=aws` or `background`. */
  readonly attributes: ReadonlyMap<string, string>
  readonly text: string
  /** Of the fence, from 1. */
  readonly line: number
}

export function readBlocks(file: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { readonly info: string; readonly line: number; readonly lines: string[] } | undefined
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (!line.startsWith('```')) open?.lines.push(line)
    else if (open === undefined) open = { info: line.slice(3).trim(), line: index + 1, lines: [] }
    else {
      const [language = '', ...words] = open.info.split(/\s+/)
      const attributes = new Map(words.map((word) => [word.split('=')[0]!, word.split('=')[1] ?? '']))
      blocks.push({ language, attributes, text: open.lines.join('\n'), line: open.line })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: the block does not end`)
  return blocks
}

/** The document without its fenced blocks. */
function prose(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/^```.*?^```$/gms, '')
}

/** The anchors that GitHub makes of the headings. */
export function readAnchors(file: string): ReadonlySet<string> {
  const headings = [...prose(file).matchAll(/^#{1,6} +(.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
  return new Set(headings)
}

/** Where links and pictures of the document lead. */
export function readLinks(file: string): readonly string[] {
  return [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

/** What stands in the document's text as code. */
export function readInlineCode(file: string): readonly string[] {
  return [...prose(file).matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replaceAll('\n', ' '))
}
