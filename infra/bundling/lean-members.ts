/** `export var Task$ = [3, n0, _Ta,`, then traits, names of members, types of members and how many are required. */
const STRUCTURE =
  /^((?:export )?(?:var|const) \w+\$ = \[3, n\d+, \w+,\n\s+\S+,\n)\s+\[([^\n]*)\],\n\s+\[([^\n]*)\](?:, (\d+))?\n\];$/gm

/** `const _dep = "deployments";` */
const NAME = /^const (_\w+) = "([^"\n]*)";$/gm

/**
 * Leaves out the members of a client's structures that no adapter names: ECS tells of a task or a service five times
 * what is read of it, and each member brings the structure behind it. Only for answers that nobody writes back: what
 * a router reads it has to write again, the members too that it does not know.
 *
 * @param schemas source text of a client's schemas.
 * @param adapters source text of the adapters that call the client.
 */
export function leanMembers(schemas: string, adapters: string): string {
  const named = new Set(adapters.match(/\w+/g))
  const textOf = new Map([...schemas.matchAll(NAME)].map(([, name, text]) => [name, text]))
  return schemas.replace(STRUCTURE, (whole, head, names, types, required = '0') => {
    const members = partsOf(names)
    const kinds = partsOf(types)
    if (members.length !== kinds.length) return whole
    const kept = members.flatMap((name, index) =>
      named.has(textOf.get(name) ?? name) ? [index] : [],
    )
    const of = (parts: readonly string[]) => kept.map((index) => parts[index]).join(', ')
    const stillRequired = kept.filter((index) => index < Number(required)).length
    return `${head}  [${of(members)}],\n  [${of(kinds)}], ${stillRequired}\n];`
  })
}

const OPENING = '([{'
const CLOSING = ')]}'

/** What stands between the commas that are in no bracket and no string. */
function partsOf(list: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let index = 0; index <= list.length; index++) {
    const character = list[index]
    if (character === '"') quoted = !quoted
    if (quoted) continue
    if (character && OPENING.includes(character)) depth++
    if (character && CLOSING.includes(character)) depth--
    if ((character === ',' && depth === 0) || index === list.length) {
      parts.push(list.slice(start, index).trim())
      start = index + 1
    }
  }
  return list.trim() === '' ? [] : parts
}
