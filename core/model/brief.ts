const MOST_CHARACTERS = 500

/**
 * A text as records keep it. What providers and people write has no bound, and an item of the table has one
 * (400 KB): a record that outgrew it could not even be failed back.
 */
export function brief(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`
}
