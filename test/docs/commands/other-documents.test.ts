/** The commands of all other documents. */
import { describe } from 'vitest'
import { DOCUMENTS } from '../documents.ts'
import { hasCommands, runCommandsOf } from './run-document.ts'

const OTHERS = DOCUMENTS.filter((document) => document !== 'README.md' && hasCommands(document))

describe.for(OTHERS)('%s', runCommandsOf)
