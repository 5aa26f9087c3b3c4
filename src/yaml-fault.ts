/** What is wrong with a YAML text, told without any of it, which may be a secret. */

/**
 * The parser's messages end in what it stumbled over: `Not a YAML token: …`.
 * @param message of one of the parser's errors
 */
export function yamlFault(message: string): string {
  return message.replace(/(?<=[a-z)]): .*$/s, '')
}
