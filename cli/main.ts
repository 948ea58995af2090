#!/usr/bin/env node
import { setTimeout as wait } from 'node:timers/promises'
import { EXIT, runCommand } from './run.ts'
import type { Surroundings } from './surroundings.ts'

const surroundings: Surroundings = {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  clock: { now: () => Date.now() },
  async pause(milliseconds, signal) {
    await wait(milliseconds, undefined, { ...(signal ? { signal } : {}) }).catch(() => undefined)
  },
  interruption,
}

let interrupted: AbortController | undefined

function interruption(): AbortSignal {
  if (!interrupted) {
    const controller = new AbortController()
    // Not once: what restores the cursor ends the process where nobody else listens.
    process.on('SIGINT', () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted)
      controller.abort()
    })
    interrupted = controller
  }
  return interrupted.signal
}

/** `head` has read enough: nobody is there to be told, so this ends without a word. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.brokenPipe : EXIT.fault)
  })
}

process.exitCode = await runCommand(process.argv.slice(2), surroundings)
