/** What a request's line of log holds, from the declaration of its fields. */
import { readFileSync } from 'node:fs'
import { code, table } from './table.ts'

const FIELD = /(?:\/\*\* (?<about>.+) \*\/\n\s+)?readonly (?<name>\w+): (?<type>.+)/g

export function renderLogFields(): string {
  const declaration = readFileSync('src/observe/access-entry.ts', 'utf8')
  const rows = [...declaration.matchAll(FIELD)].map(({ groups = {} }) => [
    code(groups.name ?? ''),
    groups.about ?? SELF_EXPLANATORY[groups.name ?? ''] ?? '',
    (groups.type ?? '').replaceAll("'", '').replaceAll(' | ', ', ').replace(/, $/, ', or empty'),
  ])
  return table(['Field', 'Meaning', 'Value'], rows)
}

/** Fields whose names say what they are to a reader of the source. */
const SELF_EXPLANATORY: Readonly<Record<string, string>> = {
  request_id: "Also in the client's answer, as `x-amz-request-id`.",
  method: 'Of HTTP.',
  remote_ip: "The client's address, as conditions see it.",
  user_agent: 'As the client sent it.',
  access_key: 'Without the project.',
  bucket: 'That the request is about.',
  key: 'Of the object.',
  decision: 'What policies and restrictions said; empty: it did not come that far.',
  status: 'Of HTTP.',
  bytes_in: "Of the request's body.",
  bytes_out: "Of the answer's body.",
}
