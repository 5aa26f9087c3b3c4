/**
 * Remembers what a function made of a text, for the most recently made texts. For values that depend on nothing but
 * the text and are dear to make: to remember them changes no outcome.
 */
export function memoized<Value>(make: (text: string) => Value, limit: number): (text: string) => Value {
  const made = new Map<string, Value>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    const value = make(text)
    if (made.size >= limit) {
      const [oldest] = made.keys()
      if (oldest !== undefined) made.delete(oldest)
    }
    made.set(text, value)
    return value
  }
}
