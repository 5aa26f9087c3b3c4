/** The README's commands, in the order in which a reader comes to them. */
import { runCommandsOf } from './run-document.ts'

runCommandsOf('README.md')
