/** An HTTP server, or an HTTPS server whose certificate may be renewed while it serves. */
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import { followRenewals, type Renewal, readCertificate } from './certificate.ts'

export interface WebServer {
  readonly server: Server | SecureServer
  readonly scheme: 'http' | 'https'
  /** Ends the search for renewed certificates. */
  readonly stopFollowing: () => void
}

/**
 * Makes one that does not listen yet. A TLS handshake may take as long as a header section.
 *
 * @param tls null: plain HTTP
 * @throws CertificateError
 */
export async function makeServer(tls: Renewal | null, options: ServerOptions): Promise<WebServer> {
  if (tls === null) return { server: createServer(options), scheme: 'http', stopFollowing: () => {} }
  const certificate = await readCertificate(tls.files)
  const { cert, key } = certificate
  const server = createSecureServer({ ...options, cert, key, handshakeTimeout: options.headersTimeout })
  return { server, scheme: 'https', stopFollowing: followRenewals(server, certificate, tls) }
}
