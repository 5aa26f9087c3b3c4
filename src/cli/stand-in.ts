/** A request that nobody sent, for stages that ask what would become of it. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { ReceivedRequest } from '../proxy/edge.ts'
import { createJournal } from '../proxy/journal.ts'

/** @param headers alternating names and values, as Node's parser has them: looked at by the edge alone */
export function standIn(
  head: Pick<ReceivedRequest, 'method' | 'rawTarget' | 'headers' | 'ip' | 'time'>,
  headers: readonly string[] = [],
): ReceivedRequest {
  const incoming = new IncomingMessage(new Socket())
  incoming.url = head.rawTarget
  incoming.rawHeaders = [...headers]
  incoming.httpVersionMinor = 1
  return {
    ...head,
    id: '',
    incoming,
    response: new ServerResponse(incoming),
    expectsContinue: false,
    journal: createJournal(),
  }
}
