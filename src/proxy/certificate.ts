/**
 * The certificate of the S3 listener: read from two files, and read again when they have changed, so that a renewed one
 * is in use without a restart. Connections that are open keep the one they began with.
 *
 * The files are looked at, not watched: a volume that swaps a symbolic link, as Kubernetes does, is noticed as well.
 */
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext, type Server } from 'node:tls'

export interface CertificateFiles {
  /** The certificate and those that lead to its authority, in PEM. */
  readonly cert: string
  /** Its private key, in PEM. */
  readonly key: string
}

/** A certificate with its key, known to belong together. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  /** Which state of the files this is. */
  readonly state: string
}

export type CertificateEvent =
  | { readonly kind: 'certificate-renewed'; readonly file: string }
  /** The one in use stays. */
  | { readonly kind: 'certificate-unusable'; readonly file: string; readonly reason: string }

/** The files cannot be used as a certificate. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
}

/** @throws CertificateError where a file cannot be read, is no PEM, or the two do not belong together */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  try {
    // The state first: what changes while the files are read is then seen as a change later.
    const state = await stateOf(files)
    const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)])
    createSecureContext({ cert, key })
    return { cert, key, state }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CertificateError(`${files.cert} with ${files.key}: ${reason}`, { cause })
  }
}

export interface Renewal {
  readonly files: CertificateFiles
  /** Milliseconds between two looks at the files. */
  readonly intervalMs: number
  readonly onEvent: (event: CertificateEvent) => void
}

/**
 * Gives a server each renewed certificate. A pair that is half written does not fit together: it is reported once, and
 * tried again when the files have changed again.
 *
 * @param current what the server has been started with
 * @returns ends it
 */
export function followRenewals(
  server: Server,
  current: Certificate,
  { files, intervalMs, onEvent }: Renewal,
): () => void {
  let seen = current.state
  let looking = false
  const look = async (): Promise<void> => {
    const state = await stateOf(files)
    if (state === seen) return
    seen = state
    const renewed = await readCertificate(files)
    server.setSecureContext(renewed)
    onEvent({ kind: 'certificate-renewed', file: files.cert })
  }
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    look()
      .catch((error: Error) => {
        onEvent({ kind: 'certificate-unusable', file: files.cert, reason: error.message })
      })
      .finally(() => {
        looking = false
      })
  }, intervalMs).unref()
  return () => clearInterval(timer)
}

/** Changes with either file, also where it is missing for a moment. */
async function stateOf(files: CertificateFiles): Promise<string> {
  const states = await Promise.all(
    [files.cert, files.key].map(async (file) => {
      const found = await stat(file).catch((error: NodeJS.ErrnoException) => error.code ?? error.message)
      return typeof found === 'string' ? found : `${found.dev}:${found.ino}:${found.size}:${found.mtimeMs}`
    }),
  )
  return states.join(' ')
}
