/**
 * What is under way, and comes and goes with every request.
 *
 * An array and not a Set: a Set that takes and gives back an entry with every request replaces its table every few dozen
 * requests, and V8 chains each table to its successor. Once one of them is old, the young generation can free none of
 * the requests that the later ones ever held, and every collection copies them.
 */

/** What is kept here knows where it is. */
export interface Placed {
  /** Its index; meaningless outside. */
  place: number
}

export class Live<Entry extends Placed> {
  readonly #entries: Entry[] = []

  get size(): number {
    return this.#entries.length
  }

  add(entry: Entry): void {
    entry.place = this.#entries.push(entry) - 1
  }

  /** The last one takes its place. */
  delete(entry: Entry): void {
    const last = this.#entries.pop() as Entry
    if (last === entry) return
    this.#entries[entry.place] = last
    last.place = entry.place
  }

  /** As they are now: they may come and go while it is gone through. */
  snapshot(): readonly Entry[] {
    return [...this.#entries]
  }
}
