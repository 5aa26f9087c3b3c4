/** What is wrong with a YAML text, told without any of it, which may be a secret. */
import type { ErrorCode } from 'yaml'

/** The parser's own messages repeat what it stumbled over. */
const FAULTS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'an alias of an anchor that there is not',
  BAD_COLLECTION_TYPE: 'a tag that does not fit the collection',
  BAD_DIRECTIVE: 'a directive that is none',
  BAD_DQ_ESCAPE: 'an escape in double quotes that is none: write a backslash twice, or use single quotes',
  BAD_INDENT: 'the indentation is not right',
  BAD_PROP_ORDER: 'anchors and tags stand behind the indicator',
  BAD_SCALAR_START: 'a value cannot begin with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a key cannot be a list or a mapping',
  BLOCK_IN_FLOW: 'a block cannot stand within brackets',
  DUPLICATE_KEY: 'a key is there twice',
  IMPOSSIBLE: 'this cannot be read',
  KEY_OVER_1024_CHARS: 'a key of more than 1,024 characters',
  MISSING_CHAR: 'a character is missing: a closing quote or bracket, a comma, or a space behind the colon',
  MULTILINE_IMPLICIT_KEY: 'a key cannot go over several lines',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'there is more than one document',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key is not a text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'tabs cannot indent: use spaces',
  TAG_RESOLVE_FAILED: 'a tag that is none: put a value that begins with `!` in quotes',
  UNEXPECTED_TOKEN: 'something stands where it cannot be',
}

export function yamlFault({ code }: { readonly code: ErrorCode }): string {
  return FAULTS[code]
}
