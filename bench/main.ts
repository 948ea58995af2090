import { parseArgs } from 'node:util'
import { type Measured, measureCallsPerEvent } from './calls-per-event.ts'

const HELP = `Usage: npm run bench -- [--json]

Counts the calls to AWS that an event costs, on local AWS in this process.
Exits with 1 if one costs more than it may.

  --json  one JSON document on stdout and nothing else
  --help  this text`

const options = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const

function readOptions() {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('. ')
    console.error(`${reason}; see npm run bench -- --help`)
    process.exit(2)
  }
}

function tableOf(measured: readonly Measured[]): string {
  const rows = measured.map(({ name, kind, total, atMost, ok, calls }) => [
    name,
    kind,
    `${total}`,
    `${atMost}${ok ? '' : '  ✗'}`,
    Object.entries(calls)
      .map(([operation, count]) => (count === 1 ? operation : `${count}× ${operation}`))
      .join(', '),
  ])
  const table = [['event', 'is', 'calls', 'at most', ''], ...rows]
  const widths = table.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  )
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const { json, help } = readOptions()
if (help) {
  console.log(HELP)
} else {
  const measured = await measureCallsPerEvent()
  const ok = measured.every((each) => each.ok)
  console.log(
    json ? JSON.stringify({ ok, callsPerEvent: measured }, undefined, 2) : tableOf(measured),
  )
  process.exitCode = ok ? 0 : 1
}
