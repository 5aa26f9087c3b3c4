/** The gate cannot start, for a reason that the operator can do something about. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}
