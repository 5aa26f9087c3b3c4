/** Brings the records of one kind to what the file's list says: makes, changes, or leaves alone, entry by entry. */
import type { Declared, Section } from './document.ts'
import type { FilePath } from './fault.ts'
import { changesBetween, type Kind } from './plan.ts'
import type { Roster } from './roster.ts'
import type { Run } from './run.ts'

/** How entries of one kind and their records belong together. */
export interface Noun<Entry, Entity> {
  readonly kind: Kind
  nameOf(entry: Entry): string
  /** The entry with every reference in its one form; undefined where one is wrong, which has been said. */
  settle(entry: Entry, at: FilePath): Entry | undefined
  /** The record in the file's words. */
  present(entity: Entity): object
  create(entry: Entry): Promise<Entity>
  /** @param changed names of the fields that differ, of which there is at least one */
  update(entity: Entity, entry: Entry, changed: ReadonlySet<string>): Promise<Entity>
}

export async function reconcile<Entry extends { readonly id?: string | undefined }, Entity>(
  run: Run,
  section: Section<Entry>,
  roster: Roster<Entity>,
  noun: Noun<Entry, Entity>,
): Promise<void> {
  section.broken.forEach(roster.markBroken)
  for (const declared of section.entries) {
    const entity = await run.attempt(declared.at, () => reconcileEntry(run, declared, roster, noun))
    if (entity === undefined) roster.markBroken(noun.nameOf(declared.value))
    else roster.put(entity)
    run.advance()
  }
}

async function reconcileEntry<Entry extends { readonly id?: string | undefined }, Entity>(
  run: Run,
  { value, at }: Declared<Entry>,
  roster: Roster<Entity>,
  noun: Noun<Entry, Entity>,
): Promise<Entity | undefined> {
  const { kind } = noun
  const name = noun.nameOf(value)
  const match = roster.match(at, { id: value.id, name })
  const wanted = noun.settle(value, at)
  if (match.kind === 'faulty' || wanted === undefined) return undefined
  if (match.kind === 'new') {
    const made = await noun.create(wanted)
    run.step({ action: 'create', kind, name })
    return made
  }
  const { id: _, ...fields } = wanted
  const changes = changesBetween(fields, noun.present(match.entity))
  if (changes.length === 0) {
    run.unchanged()
    return match.entity
  }
  const updated = await noun.update(match.entity, wanted, new Set(changes.map(({ field }) => field)))
  run.step({ action: 'update', kind, name, changes })
  return updated
}

/** References in their one form; undefined where one is wrong, which has been said. */
export function settleAll<Entity>(
  roster: Roster<Entity>,
  at: FilePath,
  references: readonly string[],
): string[] | undefined {
  const settled = references.map((reference, index) => settleOne(roster, [...at, index], reference))
  return settled.includes(undefined) ? undefined : [...new Set(settled as string[])]
}

export function settleOne<Entity>(
  roster: Roster<Entity>,
  at: FilePath,
  reference: string,
): string | undefined {
  const id = roster.refer(at, reference)
  return id === undefined ? undefined : roster.referenceTo(id)
}

/** Those of the values that are given. */
export function given<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> }
}
