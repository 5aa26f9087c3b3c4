/**
 * The parts of the documents that are written from the source: each stands between two marks that name it,
 * `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
 */
import { readFileSync } from 'node:fs'
import { renderAttacks } from './attacks.ts'
import { renderCapabilities, renderIgnored, renderLacks, renderOpenable, renderRefused } from './backends.ts'
import { renderBenchmarks } from './benchmarks.ts'
import { renderClientSettings } from './clients.ts'
import { renderCommandLine } from './command-line.ts'
import { renderConfiguration } from './configuration.ts'
import { renderEndpoints, renderManagementPermissions } from './control-plane.ts'
import { renderHeaderFates, renderParameterFates } from './fates.ts'
import { renderLogFields } from './log-fields.ts'
import { renderOperations } from './operations.ts'
import {
  renderCoveringNames,
  renderManagementSets,
  renderOtherTags,
  renderPermissionSets,
  renderSosOperations,
  renderUncommonActions,
} from './permissions.ts'

export const PARTS: Readonly<Record<string, () => string>> = {
  attacks: renderAttacks,
  benchmarks: renderBenchmarks,
  capabilities: renderCapabilities,
  clients: renderClientSettings,
  'command-line': renderCommandLine,
  configuration: renderConfiguration,
  endpoints: renderEndpoints,
  'management-permissions': renderManagementPermissions,
  'covering-names': renderCoveringNames,
  'header-fates': renderHeaderFates,
  ignored: renderIgnored,
  lacks: renderLacks,
  'log-fields': renderLogFields,
  'management-sets': renderManagementSets,
  openable: renderOpenable,
  operations: renderOperations,
  'parameter-fates': renderParameterFates,
  'permission-sets': renderPermissionSets,
  refused: renderRefused,
  'sos-operations': renderSosOperations,
  tags: renderOtherTags,
  'uncommon-actions': renderUncommonActions,
}

const PART = /^<!-- generated: (\S+) -->\n.*?^<!-- end: \1 -->$/gms

/** The document with its generated parts written anew. @throws Error for a part that nothing writes */
export function regenerated(document: string): string {
  return readFileSync(document, 'utf8').replaceAll(PART, (_part, name: string) => {
    const render = PARTS[name]
    if (render === undefined) throw new Error(`${document}: nothing writes the part ${name}`)
    return `<!-- generated: ${name} -->\n\n${render()}\n\n<!-- end: ${name} -->`
  })
}

/** The names of the parts in a document. */
export function partsIn(document: string): readonly string[] {
  return [...readFileSync(document, 'utf8').matchAll(PART)].map(([, name = '']) => name)
}
