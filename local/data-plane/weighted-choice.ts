/**
 * Chooses by weight as smoothly as can be (nginx's smooth weighted round-robin), from a random beginning: out of
 * any run of choices each gets its share to within one, so that a short look sees what the weights say.
 */
export function createWeightedChoice(random: () => number) {
  let credit = new Map<string, number>()
  let before = ''

  return function choose(choices: readonly { readonly key: string; readonly weight: number }[]) {
    const shape = JSON.stringify(choices)
    const total = choices.reduce((sum, { weight }) => sum + weight, 0)
    if (shape !== before) {
      before = shape
      credit = new Map(choices.map(({ key, weight }) => [key, weight * random()]))
    }
    let best: string | undefined
    for (const { key, weight } of choices) {
      if (weight === 0) continue
      const now = (credit.get(key) ?? 0) + weight
      credit.set(key, now)
      if (best === undefined || now > (credit.get(best) ?? 0)) best = key
    }
    if (best !== undefined) credit.set(best, (credit.get(best) ?? 0) - total)
    return best
  }
}
