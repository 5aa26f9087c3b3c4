/** The filter `editable`, where everything is. */

/** `ids` as they are, or none at all where only what cannot be edited is asked for. */
export function allEditable(
  editable: boolean | undefined,
  ids: readonly string[] | undefined,
): readonly string[] | undefined {
  return editable === false ? [] : ids
}
