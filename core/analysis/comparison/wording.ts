/** Odds to one as people read them: `3,100:1`. Rounded down to two digits, so that no limit seems reached that is not. */
export function formatOdds(logarithm: number): string {
  // What is a power of ten but for its last digits is one.
  const exponent = Math.floor(logarithm / Math.LN10 + 1e-12)
  if (exponent >= 9) return `10^${exponent}:1`
  if (exponent < -2) return 'under 0.01:1'
  const unit = 10 ** (exponent - 1)
  const odds = Math.floor(Math.exp(logarithm) / unit + 1e-9) * unit
  return `${formatNumber(Number(odds.toPrecision(2)))}:1`
}

/** `15,410`, `0.35`. */
export function formatNumber(value: number): string {
  const [whole, fraction] = String(
    Number(value.toPrecision(Math.abs(value) >= 1_000 ? 15 : 3)),
  ).split('.')
  const grouped = (whole ?? '').replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** `41 of 812`. */
export function formatCounts({
  bad,
  total,
}: {
  readonly bad: number
  readonly total: number
}): string {
  return `${formatNumber(bad)} of ${formatNumber(total)}`
}

/** A share as percent: `0.35 %`. */
export function formatShare(share: number): string {
  return `${formatNumber(share * 100)} %`
}
