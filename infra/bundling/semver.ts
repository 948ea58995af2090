/**
 * Stands in for semver, 29 kB, of which the X-Ray SDK asks one thing, where it patches an AWS SDK of version 2:
 * whether it is recent enough.
 */
export function gte(version: string, least: string): boolean {
  return version.localeCompare(least, 'en', { numeric: true }) >= 0
}
