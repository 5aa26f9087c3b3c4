/** What a program that embeds the gate gets: a configuration, and a gate made from it. */
export { type Config, ConfigError, type ConfigFault, type ConfigSources, loadConfig } from './config.ts'
export { StartFailure } from './gate/failure.ts'
export { createGate, type Gate, type GateOptions } from './gate.ts'
export type { Actor } from './iam/reader.ts'
export { ServiceError, type ServiceFault } from './services/errors.ts'
export type { Services } from './services/services.ts'
export { StoreOpenError } from './store/errors.ts'
