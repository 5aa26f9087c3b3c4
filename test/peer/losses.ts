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

const DIGEST: Rule = {
  why: 'AWS wants a digest of a bucket policy; the store does not',
  says: /instead got 400/,
}

/** Nothing explains it: the gate is wrong. */
const fault = (what: string, says: RegExp): Rule => ({ why: `to be mended: ${what}`, says })

export interface Loss {
  readonly rule: Rule
  /** By which it fails where everything is opened; absent: it passes there. */
  readonly opened?: Rule
}

const MESSAGE = fault('the message is not the one that the store gives', /expected error message to be/)
const UNDERSCORE = fault('metadata may have an underscore in its name', /holds an underscore/)
const REPEATED = fault(
  'a list may come as one header for each value',
  /sent more than once|instead got (BadRequest|400)/,
)
const RAW_SOURCE = fault('a copy source may hold a raw space', /Invalid copy source encoding/)
const TOO_SOON = fault('what is malformed is 400 before it is 501', /NotImplemented|\b501\b/)
const AFTER_FILE = fault('fields after the file are ignored', /instead got 400/)

export const LOSSES: Readonly<Record<StoreName, Readonly<Record<string, Loss>>>> = {
  minio: {
    ...by(TENANCY, ['DeleteObjectTagging_expected_bucket_owner', 'DeleteObject_expected_bucket_owner']),
    ...by(UNOPENED, ['DeleteBucketPolicy_remove_before_setting', 'GetBucketWebsite_no_such_website_config']),
    ...by(UNHEEDED, ['CopyObject_should_not_copy_website_redirect_without_user_metadata']),
    ...by(KEYS, ['HeadObject_name_too_long']),
    ...by(MESSAGE, [
      'CompleteMultipartUpload_incorrect_checksum_part',
      'CompleteMultipartUpload_incorrect_part_number',
      'CompleteMultipartUpload_invalid_ETag',
      'CopyObject_copy_to_itself',
      'CopyObject_copy_to_itself_invalid_directive',
      'CopyObject_missing_bucket_lock',
      'CreateMultipartUpload_with_object_lock_not_enabled',
      'GetObjectAttributes_invalid_single_attribute',
      'GetObject_range_and_part_number',
      'ListParts_incorrect_object_key',
      'ListParts_incorrect_uploadId',
      'PutObjectTagging_invalid_tags',
      'PutObject_missing_bucket_lock',
      'UploadPartCopy_incorrect_object_key',
      'UploadPartCopy_incorrect_uploadId',
      'UploadPart_non_existing_key',
      'UploadPart_non_existing_mp_upload',
      'Versioning_DeleteBucket_not_empty',
      'Versioning_DeleteObjectTagging_invalid_versionId',
      'Versioning_DeleteObject_invalid_versionId',
      'Versioning_DeleteObject_non_existing_object',
      'Versioning_GetObjectAttributes_invalid_versionId',
      'Versioning_GetObjectLegalHold_invalid_versionId',
      'Versioning_GetObjectRetention_invalid_versionId',
      'Versioning_GetObjectTagging_invalid_versionId',
      'Versioning_GetObject_invalid_versionId',
      'Versioning_PutObjectLegalHold_invalid_versionId',
      'Versioning_PutObjectRetention_invalid_versionId',
      'Versioning_PutObjectTagging_invalid_versionId',
    ]),
    ...by(UNDERSCORE, [
      'CompleteMultipartUpload_with_metadata',
      'CopyObject_with_metadata',
      'PutObject_with_metadata',
    ]),
    ...by(REPEATED, [
      'GetObjectAttributes_existing_object',
      'GetObjectAttributes_invalid_attrs',
      'PutObject_should_combine_metadata',
    ]),
    ...by(RAW_SOURCE, ['CopyObject_success']),
    ...by(TOO_SOON, [
      'CreateBucket_invalid_canned_acl',
      'PutBucketOwnershipControls_empty_rules',
      'PutBucketOwnershipControls_invalid_ownership',
      'PutBucketOwnershipControls_multiple_rules',
      'PutBucketWebsite_empty_routing_rule_condition',
      'PutBucketWebsite_empty_routing_rule_redirect',
      'PutBucketWebsite_redirectAll_index_error_routingRules',
    ]),
    ...by(AFTER_FILE, ['PostObject_should_ignore_anything_after_file']),
  },
  ceph: {
    ...by(TENANCY, ['DeleteObjectTagging_expected_bucket_owner', 'DeleteObject_expected_bucket_owner']),
    ...by(UNOPENED, [
      'DeleteBucketPolicy_remove_before_setting',
      'PutObjectRetention_overwrite_governance_with_permission',
      'WORMProtection_bucket_object_lock_governance_bypass_delete',
      'WORMProtection_bucket_object_lock_governance_bypass_delete_multiple',
      'WORMProtection_object_lock_retention_governance_bypass_delete',
      'WORMProtection_object_lock_retention_governance_bypass_delete_mul',
    ]),
    ...by(UNOPENED, ['GetBucketPolicy_success'], REWRITTEN),
    ...by(UNOPENED, ['PutBucketPolicy_status'], DIGEST),
    ...by(UNHEEDED, [
      'GetObject_empty_object_part_number_1',
      'GetObject_ranged_with_checksum_mode',
      'HeadObject_empty_object_part_number_1',
      'HeadObject_mp_part_number_exceeds_parts_count',
      'HeadObject_ranged_with_checksum_mode',
    ]),
    ...by(UNKNOWN, [
      'GetObjectAttributes_invalid_parent',
      'GetObjectAttributes_non_existing_object',
      'Versioning_GetObjectAttributes_delete_marker',
    ]),
    ...by(SCHEMA, ['DeleteObjects_empty_input']),
    ...by(MESSAGE, ['CopyObject_copy_to_itself', 'CopyObject_copy_to_itself_invalid_directive']),
    ...by(RAW_SOURCE, ['CopyObject_success', 'CopyObject_with_special_characters']),
    ...by(TOO_SOON, [
      'CreateBucket_invalid_canned_acl',
      'HeadObject_range_and_part_number',
      'PutBucketAcl_invalid_canned_acl',
    ]),
    ...by(AFTER_FILE, ['PostObject_should_ignore_anything_after_file']),
    ...by(fault("the store's name for a region is taken for the gate's", /instead got nil/), [
      'CreateBucket_invalid_location_constraint',
    ]),
    ...by(fault('a negative age is an integer', /MalformedXML/), ['PutBucketCors_success']),
  },
}

/** These tests fail by this rule, and by the other one where everything is opened. */
function by(rule: Rule, names: readonly string[], opened?: Rule): Record<string, Loss> {
  return Object.fromEntries(
    names.map((name) => [name, { rule, ...(opened === undefined ? {} : { opened }) }]),
  )
}
