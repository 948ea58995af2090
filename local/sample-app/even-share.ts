/**
 * True for `share` of the calls, spread evenly: 0.05 is every 20th call and never two in a row by chance, so that
 * a short look sees what a long one would. The seed says at which call it begins.
 */
export function evenShare(share: number, seed: number): () => boolean {
  let owed = (seed % 97) / 97
  return () => {
    owed += share
    if (owed < 1) return false
    owed -= 1
    return true
  }
}
