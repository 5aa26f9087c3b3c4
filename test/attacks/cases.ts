/**
 * What has gone wrong elsewhere, by number: flaws of real S3 servers, gateways and IAM systems, from public advisories
 * and fixes. Each is owed at least one attack or experiment; the suite fails where one has none.
 */
export const CASES = {
  1: 'x-amz-* headers that the signature does not cover are honoured (MinIO CVE-2026-97731, NooBaa, Swift, s3proxy, versitygw)',
  2: 'an unsigned-trailer upload is not authenticated at all (MinIO CVE-2025-31489)',
  3: 'one handler misses one way to authenticate (MinIO CVE-2026-40344)',
  4: 'a restricted key mints a broader key (MinIO CVE-2025-62506, CVE-2022-24842)',
  6: 'form uploads bypass checks (MinIO CVE-2023-28434, Ceph CVE-2023-43040, RustFS CVE-2026-27607)',
  7: "a client sends the backend's internal headers (MinIO GHSA-3rh2-v3gr-35p9)",
  8: 'a header that needs another permission is not evaluated (MinIO CVE-2023-25812)',
  9: 'wrong secrets can be tried without limit (MinIO CVE-2026-33419)',
  10: 'X-Forwarded-For is believed (RustFS CVE-2026-21862)',
  11: 'the source of a copy is not authorized (RustFS CVE-2026-39360, SeaweedFS)',
  12: 'the wrong action is checked, or none (RustFS CVE-2026-22042, CVE-2026-22043, CVE-2026-40937)',
  13: 'secrets in logs (RustFS CVE-2026-22782)',
  14: 'an old version needs another permission (RustFS GHSA-3ppv-fx5m-m749)',
  15: 'dot segments cross buckets (SeaweedFS CVE-2026-54917, CVE-2026-58372)',
  16: 'authorization and handler see different paths (oxyno-zeta/s3-proxy CVE-2026-42882)',
  17: 'sealed secrets can be tampered with (Ceph CVE-2025-30156)',
  18: 'anonymous access; a crash on odd URLs (Ceph CVE-2016-7031, CVE-2022-3854)',
  19: 'no check of the date (lakeFS CVE-2025-68671, swift3 CVE-2015-8466)',
  20: 'a batch delete is checked once for the batch (lakeFS GHSA-28q9-9c3g-v3f9)',
  21: 'external entities (Swift CVE-2022-47950)',
  22: 'signatures are compared in variable time (Swift CVE-2014-0006)',
  23: 'a key outlives its role (Keystone CVE-2012-5571, CVE-2025-65073)',
  24: 'a failing look-up lets everyone in (rclone CVE-2026-88018)',
  25: 'data had been streamed when the payload proved bad (trino aws-proxy #102)',
  26: 'the aws-chunked envelope is stored as data (multistore #92, s3proxy #657)',
  27: '+ and @ in the access key (noobaa #7931)',
  28: 'request smuggling',
  29: 'clients that stall',
  30: 'a refused upload hangs the client (fakes3pp)',
  31: 'Ceph RGW reads x_amz_… as x-amz-…',
  32: "re-creating a backend user's bucket answers 200 (Ceph RGW)",
  33: 'a slow upload lands in the next owner\u2019s bucket of that name',
  34: 'configuration that acts with the power of the backend credential',
  35: 'XML is read differently by gate and backend',
  36: 'query and form values that become headers',
  37: "the backend's own errors are passed on",
  38: 'a 404 tells which objects exist',
} as const satisfies Readonly<Record<number, string>>

/** 5 is about the control plane alone. */
export type CaseNumber = keyof typeof CASES
