import type { Dice } from './dice.ts'
import { anyText, anyValue } from './grammar.ts'

type Holder = Record<string, unknown>

/**
 * A copy of a sample with a few of its values, anywhere, replaced, removed, doubled, moved or under another name.
 * @param words what texts and names are made of, beside what parsers stumble over.
 */
export function mutated(dice: Dice, sample: unknown, words: readonly string[]): unknown {
  const root = { value: structuredClone(sample) }
  for (let change = dice.below(4); change >= 0; change--) {
    const places = placesIn(root)
    // The whole of it is gone.
    if (places.length === 0) break
    const [holder, name] = dice.pick(places)
    changeOne(dice, holder, name, places, words)
  }
  return root.value
}

function changeOne(
  dice: Dice,
  holder: Holder,
  name: string,
  places: readonly (readonly [Holder, string])[],
  words: readonly string[],
): void {
  const value = holder[name]
  switch (dice.below(7)) {
    case 0:
      if (Array.isArray(holder) && /^\d+$/.test(name)) removeAt(holder, Number(name))
      else delete holder[name]
      return
    case 1:
      put(holder, anyText(dice, words), structuredClone(value))
      return
    case 2: {
      const [other, from] = dice.pick(places)
      put(holder, name, structuredClone(other[from]))
      return
    }
    case 3:
      if (typeof value === 'string') put(holder, name, mutatedText(dice, value, words))
      else if (typeof value === 'number') put(holder, name, value * dice.pick([-1, 0.5, 10, 1e9]))
      else put(holder, name, [value, value])
      return
    default:
      put(holder, name, anyValue(dice, words))
  }
}

/** In place: what `splice` gives back is made by the array's `constructor`, which a mutation may have replaced. */
function removeAt(array: unknown[], index: number): void {
  array.copyWithin(index, index + 1)
  array.length -= 1
}

/** As JSON.parse makes a member, whatever its name. */
function put(holder: Holder, name: string, value: unknown): void {
  Object.defineProperty(holder, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

function placesIn(root: Holder): readonly (readonly [Holder, string])[] {
  const places: [Holder, string][] = []
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const name of Object.keys(node)) {
      // An array's length is none of its members.
      places.push([node as Holder, name])
      walk(Reflect.get(node, name))
    }
  }
  walk(root)
  return places
}

/** A text with a piece of it cut out, doubled, or replaced by another. */
export function mutatedText(dice: Dice, text: string, words: readonly string[]): string {
  const from = dice.below(text.length + 1)
  const to = Math.min(text.length, from + dice.below(12))
  const piece = text.slice(from, to)
  const instead = dice.pick(['', piece + piece, anyText(dice, words), `${piece}\u0000`])
  return text.slice(0, from) + instead + text.slice(to)
}

/** Names and short texts of samples: what a grammar of the matter has for words. */
export function wordsOf(samples: readonly unknown[]): readonly string[] {
  const words = new Set<string>()
  const walk = (node: unknown) => {
    if (typeof node === 'string' && node.length < 200) words.add(node)
    if (typeof node !== 'object' || node === null) return
    for (const [name, value] of Object.entries(node)) {
      words.add(name)
      walk(value)
    }
  }
  for (const sample of samples) walk(sample)
  return [...words]
}
