/** A file cut into pieces, for clients whose user does that by hand. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** @returns the files of the pieces, in order; one for a file that is no longer than `bytes` */
export async function splitFile(file: string, bytes: number, directory: string): Promise<readonly string[]> {
  const content = await readFile(file)
  if (content.length <= bytes) return [file]
  const pieces = Array.from({ length: Math.ceil(content.length / bytes) }, (_, index) => ({
    path: join(directory, `part-${index}`),
    content: content.subarray(index * bytes, (index + 1) * bytes),
  }))
  for (const piece of pieces) await writeFile(piece.path, piece.content)
  return pieces.map(({ path }) => path)
}
