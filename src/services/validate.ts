/**
 * Checks of what callers pass in: each fault names the argument and what is expected, and all faults of a call are
 * reported together.
 */
import { type ArgumentFault, ServiceError } from './errors.ts'

export interface Checks {
  fault(argumentName: string, reason: ArgumentFault['reason'], helpMessage: string): void
  integer(argumentName: string, value: number, least: number, most: number): void
  /** @throws ServiceError with every fault so far, if there is one */
  done(): void
}

export function createChecks(): Checks {
  const details: ArgumentFault[] = []
  const fault: Checks['fault'] = (argument_name, reason, help_message) => {
    details.push({ argument_name, reason, help_message })
  }
  return {
    fault,
    integer(argumentName, value, least, most) {
      if (!Number.isInteger(value) || value < least || value > most) {
        fault(argumentName, 'constraint', `must be a whole number from ${least} to ${most}`)
      }
    },
    done() {
      if (details.length > 0) throw new ServiceError({ type: 'invalid_arguments', details })
    },
  }
}
