import type { Output, Style } from '../output.ts'
import { cut } from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly style?: (row: Row) => Style | undefined
  readonly right?: true
  /** May be cut where the terminal is narrow, down to so many characters; others stay whole. */
  readonly least?: number
}

const GAP = '  '

/** Rows under titles, each on one line of the terminal: what does not fit is cut where its column allows. */
export function table<Row>(
  { columns: width, paint }: Pick<Output, 'columns' | 'paint'>,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string[] {
  const widths = columns.map(({ title, text }) =>
    Math.max(title.length, ...rows.map((row) => text(row).length)),
  )
  const total = () => widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length)
  // The last columns say least.
  for (const [index, { least }] of [...columns.entries()].reverse()) {
    const excess = total() - width
    if (least === undefined || excess <= 0) continue
    widths[index] = Math.max(least, (widths[index] ?? 0) - excess)
  }
  const line = (cells: readonly string[], style: (index: number) => Style | undefined) =>
    cells
      .map((cell, index) => {
        const most = widths[index] ?? 0
        const shown = cut(cell, most)
        const padded = columns[index]?.right ? shown.padStart(most) : shown.padEnd(most)
        const chosen = style(index)
        return chosen === undefined ? padded : paint(chosen, padded)
      })
      .join(GAP)
  return [
    line(
      columns.map(({ title }) => title),
      () => 'dim',
    ),
    ...rows.map((row) =>
      line(
        columns.map(({ text }) => text(row)),
        (index) => columns[index]?.style?.(row),
      ),
    ),
  ]
}
