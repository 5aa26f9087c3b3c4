/**
 * Every command in the documents is run, in the order in which a reader comes to it, and what a document shows it to say
 * is what it says. What stands behind a block's language: `background` runs on until the scene's end, `afresh` begins
 * another scene, as in another checkout; `needs=aws` names programs that a machine may lack (a failure with `CI=true`);
 * `by=npm-test` is run by something else. A block of any language with `file=NAME` is that file.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Block, readBlocks } from '../markdown.ts'
import { isInstalled, Scene } from './scene.ts'
import { COMMAND_LANGUAGES, stepsOf } from './script.ts'

/** What runs a block that is not run here. */
const BY: Readonly<Record<string, string>> = { 'npm-test': 'npm test, which is what runs this' }

const usedBlocks = (document: string): readonly Block[] =>
  readBlocks(document).filter(
    ({ language, attributes }) => COMMAND_LANGUAGES.has(language) || attributes.has('file'),
  )

export const hasCommands = (document: string): boolean => usedBlocks(document).length > 0

/** Declares the tests of a document. */
export function runCommandsOf(document: string): void {
  let scene: Scene | undefined
  beforeAll(async () => {
    if (isInstalled('bash')) scene = await Scene.open()
  })
  afterAll(() => scene?.close())

  for (const block of usedBlocks(document)) {
    const { attributes, line, text } = block
    const file = attributes.get('file')
    const steps = file === undefined ? stepsOf(block) : []
    const by = attributes.get('by')
    const needed = ['bash', ...(attributes.get('needs')?.split(',') ?? [])]
    const missing = needed.filter((program) => !isInstalled(program))
    const title = `line ${line}: ${file ?? steps[0]?.command}`
    if (by !== undefined) {
      test(`${title} (run by ${BY[by]})`, () => expect(Object.keys(BY)).toContain(by))
    } else if (missing.length > 0 && process.env.CI !== 'true') {
      test.skip(`${title} (skipped: ${missing.join(', ')} is not installed)`)
    } else {
      test(title, async () => {
        expect(missing).toEqual([])
        if (attributes.has('afresh')) {
          await scene?.close()
          scene = await Scene.open()
        }
        const stage = scene!
        if (file !== undefined) stage.write(file, text)
        for (const step of steps) await (attributes.has('background') ? stage.start(step) : stage.run(step))
      })
    }
  }
}
