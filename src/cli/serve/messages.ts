/** What primary and workers say to each other. */
import type { MetricsSnapshot } from '../../observe/metrics.ts'

export type ToWorker =
  | { readonly type: 'reload' }
  | { readonly type: 'drain' }
  | { readonly type: 'metrics'; readonly id: number }

export type ToPrimary =
  /** It serves at this endpoint. */
  | { readonly type: 'serving'; readonly endpoint: string }
  /** It could not start. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'metrics'; readonly id: number; readonly snapshot: MetricsSnapshot }
