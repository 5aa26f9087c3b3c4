/**
 * Every command in the documents is run, in the order in which a reader comes to it, and what a document shows it to say
 * is what it says. What stands behind a block's language: `background` runs on until the document's end, `needs=aws`
 * names programs that a machine may lack (a failure with `CI=true`), `by=npm-test` is run by something else.
 */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DOCUMENTS } from '../documents.ts'
import { type Block, readBlocks } from '../markdown.ts'
import { Scene } from './scene.ts'
import { COMMAND_LANGUAGES, stepsOf } from './script.ts'

/** What runs a block that is not run here. */
const BY: Readonly<Record<string, string>> = { 'npm-test': 'npm test, which is what runs this' }

const commandsIn = (document: string): readonly Block[] =>
  readBlocks(document).filter(({ language }) => COMMAND_LANGUAGES.has(language))

describe.for(DOCUMENTS.filter((document) => commandsIn(document).length > 0))('%s', (document) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await Scene.open()
  })
  afterAll(() => scene.close())

  for (const block of commandsIn(document)) {
    const { attributes, line } = block
    const steps = stepsOf(block)
    const by = attributes.get('by')
    const missing = (attributes.get('needs') ?? '')
      .split(',')
      .filter((program) => program !== '' && !existsSync(`/usr/bin/${program}`))
    const title = `line ${line}: ${steps[0]?.command}`
    if (by !== undefined) {
      test(`${title} (run by ${BY[by]})`, () => expect(Object.keys(BY)).toContain(by))
    } else if (missing.length > 0 && process.env.CI !== 'true') {
      test.skip(`${title} (skipped: ${missing.join(', ')} is not installed)`)
    } else {
      test(title, async () => {
        expect(missing).toEqual([])
        for (const step of steps) await (attributes.has('background') ? scene.start(step) : scene.run(step))
      })
    }
  }
})
