/** Who there is of one kind in the organization, by name: identity in a file is the name, and an id where that is not enough. */
import { nearest } from '../nearest.ts'
import type { FilePath } from './fault.ts'

/** What an entry of the file stands for in the store. */
export type Match<Entity> =
  | { readonly kind: 'existing'; readonly entity: Entity }
  | { readonly kind: 'new' }
  /** It has been said what is wrong. */
  | { readonly kind: 'faulty' }

export interface Roster<Entity> {
  /** Each entity is matched by one entry at most. */
  match(at: FilePath, wanted: { readonly id?: string | undefined; readonly name: string }): Match<Entity>
  /** The form of a reference under which {@link find} finds it; undefined where it is wrong, which has been said. */
  refer(at: FilePath, reference: string): string | undefined
  /** By what `refer` or `referenceTo` gave. */
  find(reference: string): Entity | undefined
  /** Its name, or its id where another one has the same name. */
  referenceTo(id: string): string
  /** Puts in what an entry was made into. */
  put(entity: Entity): void
  /** Takes out what is gone. */
  drop(id: string): void
  /** References to this name are no further faults. */
  markBroken(name: string): void
  all(): readonly Entity[]
  /** Whether an entry stands for it. */
  isDeclared(id: string): boolean
}

export interface RosterSettings<Entity> {
  /** For messages. */
  readonly noun: string
  readonly plural: string
  idOf(entity: Entity): string
  /** The first one is its name; it may be referred to by all of them. */
  namesOf(entity: Entity): readonly string[]
  /** Which of several of one name count; absent: all. */
  counting?(candidates: readonly Entity[]): readonly Entity[]
}

export function createRoster<Entity>(
  settings: RosterSettings<Entity>,
  present: readonly Entity[],
  fault: (at: FilePath, message: string) => void,
): Roster<Entity> {
  const { noun, plural, idOf, namesOf, counting = (candidates) => candidates } = settings
  const entities = new Map(present.map((entity) => [idOf(entity), entity]))
  const broken = new Set<string>()
  const declared = new Set<string>()

  const byName = new Map<string, Set<string>>()
  const index = (entity: Entity): void => {
    for (const name of namesOf(entity)) {
      const ids = byName.get(name) ?? new Set()
      byName.set(name, ids.add(idOf(entity)))
    }
  }
  present.forEach(index)
  const named = (name: string): readonly Entity[] => {
    if (name === '') return []
    const found = [...(byName.get(name) ?? [])].flatMap((id) => entities.get(id) ?? [])
    // A name that was given up stands in the index still.
    return counting(found.filter((entity) => namesOf(entity).includes(name)))
  }
  const several = (name: string, found: readonly Entity[]): string =>
    `the store has ${found.length} ${plural} called \`${name}\`: ${found.map(idOf).join(', ')}`

  const declare = (at: FilePath, entity: Entity): Match<Entity> => {
    if (declared.has(idOf(entity))) {
      fault(at, `this ${noun} stands in the file twice: leave one of the two out`)
      return { kind: 'faulty' }
    }
    declared.add(idOf(entity))
    return { kind: 'existing', entity }
  }

  return {
    match(at, { id, name }) {
      if (id !== undefined) {
        const entity = entities.get(id)
        if (entity !== undefined) return declare(at, entity)
        fault([...at, 'id'], `the organization has no ${noun} of this id: leave \`id\` out to have one made`)
        return { kind: 'faulty' }
      }
      const found = named(name)
      if (found.length > 1) {
        fault(at, `${several(name, found)}; say which one is meant with \`id\``)
        for (const entity of found) declared.add(idOf(entity))
        return { kind: 'faulty' }
      }
      return found[0] === undefined ? { kind: 'new' } : declare(at, found[0])
    },
    refer(at, reference) {
      if (entities.has(reference)) return reference
      const found = named(reference)
      if (found.length === 1) return idOf(found[0]!)
      if (found.length > 1)
        fault(at, `${several(reference, found)}; put the id of the one that is meant here`)
      else if (!broken.has(reference)) {
        const close = nearest(reference, [...entities.values()].flatMap(namesOf))
        const hint = close === undefined ? '' : `, but \`${close}\``
        fault(at, `there is no ${noun} \`${reference}\` in the file or in the store${hint}`)
      }
      return undefined
    },
    find: (reference) => entities.get(reference),
    referenceTo(id) {
      const entity = entities.get(id)
      const name = entity === undefined ? undefined : namesOf(entity)[0]
      return name !== undefined && named(name).length === 1 ? name : id
    },
    put(entity) {
      entities.set(idOf(entity), entity)
      declared.add(idOf(entity))
      index(entity)
    },
    drop: (id) => {
      entities.delete(id)
    },
    markBroken: (name) => {
      broken.add(name)
    },
    all: () => [...entities.values()],
    isDeclared: (id) => declared.has(id),
  }
}
