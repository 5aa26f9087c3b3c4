/**
 * *bare*: the least that a proxy made of node:http and undici can be, as a program. It passes every request on as it
 * came and its answer back as it came, and looks at nothing. `PORT` says where it listens, `BACKEND` what is behind it.
 */
import { createServer } from 'node:http'
import { type Dispatcher, Pool } from 'undici'

const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/** What undici's controller has and its types leave out. */
interface WithRawHeaders {
  readonly rawHeaders: readonly Buffer[]
}

const backend = new Pool(process.env.BACKEND!, { connections: 256, pipelining: 1 })

const server = createServer({ keepAliveTimeout: 3_600_000 }, (request, response) => {
  backend.dispatch(
    {
      method: request.method as Dispatcher.HttpMethod,
      path: request.url!,
      headers: endToEnd(request.rawHeaders),
      body: request.headers['content-length'] === undefined ? null : request,
      reset: false,
    },
    {
      onRequestStart() {},
      onResponseStart(controller, status) {
        const { rawHeaders } = controller as unknown as WithRawHeaders
        response.writeHead(status, endToEnd(rawHeaders.map((text) => text.toString('latin1'))))
      },
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return
        controller.pause()
        response.once('drain', () => controller.resume())
      },
      onResponseEnd() {
        response.end()
      },
      onResponseError() {
        response.destroy()
      },
    },
  )
})
server.listen(Number(process.env.PORT), '127.0.0.1')

function endToEnd(headers: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (!HOP_BY_HOP.has(headers[i]!.toLowerCase())) kept.push(headers[i]!, headers[i + 1]!)
  }
  return kept
}
