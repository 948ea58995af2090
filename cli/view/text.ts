/** `1h 05m`, `4m 30s`, `12s`: as exact as a person reads it. */
export function shownDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000))
  const [d, h, m, s] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ] as const
  const two = (value: number) => String(value).padStart(2, '0')
  if (d > 0) return `${d}d ${two(h)}h`
  if (h > 0) return `${h}h ${two(m)}m`
  return m > 0 ? `${m}m ${two(s)}s` : `${s}s`
}

/** A share as people write it: `10`, `33.3`. */
export function shownPercent(share: number): string {
  return `${Number(share.toFixed(1))} %`
}

/** `2026-11-21 04:12:07`, in UTC, as the table and the console have it. */
export function shownTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')
}

/** Breaks a text between words into lines of at most `width`; a longer word gets lines of its own. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(10, width)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    while (line.length > most) {
      lines.push(line.slice(0, most))
      line = line.slice(most)
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

/** Cut to a width, with what shows that it was. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
