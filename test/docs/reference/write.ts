/** `npm run docs`: writes the generated parts of the documents anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { DOCUMENTS } from '../documents.ts'
import { regenerated } from './index.ts'

for (const document of DOCUMENTS) {
  const text = regenerated(document)
  if (text === readFileSync(document, 'utf8')) continue
  writeFileSync(document, text)
  console.log(`written: ${document}`)
}
