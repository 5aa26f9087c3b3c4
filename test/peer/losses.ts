/**
 * Tests that a store passes alone and fails with the gate in front of it, each with the reason. A test that is listed here
 * has to fail, and for this reason: a row that is no longer true is a failure too.
 */

export type StoreName = 'minio' | 'ceph'

/** A rule of the gate's that costs a test, and what the peer's program then says. */
export interface Rule {
  readonly why: string
  readonly says: RegExp
}

/** A test that fails by this rule is run once more, where the operator has opened everything. */
export const UNOPENED: Rule = {
  why: "what acts with the store's own power is refused until the operator opens it",
  says: /NotImplemented|\b501\b/,
}

const TENANCY: Rule = {
  why: "a bucket's owner is its project; to the peer's tests, it is the access key that made it",
  says: /AccessDenied/,
}

const UNHEEDED: Rule = {
  why: 'a store is not asked for what it would ignore',
  says: /NotImplemented|\b501\b/,
}

const UNKNOWN: Rule = {
  why: 'a store is not asked for an operation that it would take for another',
  says: /NotImplemented/,
}

const KEYS: Rule = {
  why: 'a key that the store cannot keep is not implemented, rather than a bad request',
  says: /NotImplemented/,
}

const SCHEMA: Rule = {
  why: "AWS's schema wants at least one key; the store is content with none",
  says: /MalformedXML/,
}

const REWRITTEN: Rule = {
  why: 'a document is written again after it was judged, and so loses its line breaks',
  says: /expected the bucket policy to be/,
}

const WORDS: Rule = {
  why: 'the message ends in a full stop in the documents, and in none on the wire',
  says: /expected error message to be/,
}

const DIGEST: Rule = {
  why: 'AWS wants a digest of the document; the store does not',
  says: /instead got InvalidRequest/,
}

const REGION: Rule = {
  why: "a bucket's place is the gate's region, whatever the store calls its own",
  says: /instead got nil/,
}

export interface Loss {
  readonly rule: Rule
  /** By which it fails where everything is opened; absent: it passes there. */
  readonly opened?: Rule
}

export const LOSSES: Readonly<Record<StoreName, Readonly<Record<string, Loss>>>> = {
  minio: {
    ...by(TENANCY, ['DeleteObjectTagging_expected_bucket_owner', 'DeleteObject_expected_bucket_owner']),
    ...by(UNOPENED, ['DeleteBucketPolicy_remove_before_setting', 'GetBucketWebsite_no_such_website_config']),
    ...by(UNHEEDED, ['CopyObject_should_not_copy_website_redirect_without_user_metadata']),
    ...by(KEYS, ['HeadObject_name_too_long']),
    ...by(DIGEST, ['PutBucketOwnershipControls_empty_rules']),
    ...by(WORDS, [
      'PutBucketOwnershipControls_invalid_ownership',
      'PutBucketOwnershipControls_multiple_rules',
    ]),
    ...by(UNKNOWN, [
      'PutBucketWebsite_empty_routing_rule_condition',
      'PutBucketWebsite_empty_routing_rule_redirect',
      'PutBucketWebsite_redirectAll_index_error_routingRules',
    ]),
  },
  ceph: {
    ...by(TENANCY, ['DeleteObjectTagging_expected_bucket_owner', 'DeleteObject_expected_bucket_owner']),
    ...by(UNOPENED, [
      'DeleteBucketPolicy_remove_before_setting',
      'PutBucketAcl_invalid_canned_acl',
      'PutBucketPolicy_status',
      'PutObjectRetention_overwrite_governance_with_permission',
      'WORMProtection_bucket_object_lock_governance_bypass_delete',
      'WORMProtection_bucket_object_lock_governance_bypass_delete_multiple',
      'WORMProtection_object_lock_retention_governance_bypass_delete',
      'WORMProtection_object_lock_retention_governance_bypass_delete_mul',
    ]),
    ...by(UNOPENED, ['GetBucketPolicy_success'], REWRITTEN),
    ...by(SCHEMA, ['DeleteObjects_empty_input']),
    ...by(REGION, ['CreateBucket_invalid_location_constraint']),
  },
}

/** These tests fail by this rule, and by the other one where everything is opened. */
function by(rule: Rule, names: readonly string[], opened?: Rule): Record<string, Loss> {
  return Object.fromEntries(
    names.map((name) => [name, { rule, ...(opened === undefined ? {} : { opened }) }]),
  )
}
