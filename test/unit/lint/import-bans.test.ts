import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * The table of rooms, as lines of code. Every line is put into a file of that room, in a folder laid out like
 * the repository and with its linter settings, and one run of the linter tells which lines it bans.
 */
interface Room {
  readonly file: string
  readonly allowed: readonly string[]
  readonly banned: readonly string[]
}

const rooms: readonly Room[] = [
  {
    file: 'core/use-cases/probe.ts',
    allowed: [
      "import * as z from 'zod/mini'",
      "import type { Clock } from '../ports.ts'",
      "import { beside } from './beside.ts'",
      'export const later = new Date(5)',
      'export const round = Math.round(1.5)',
    ],
    banned: [
      "import { z } from 'zod'",
      "import { ECSClient } from '@aws-sdk/client-ecs'",
      "import type { Service } from '@aws-sdk/client-ecs'",
      "import type { Client } from '@smithy/types'",
      "export type Task = import('@aws-sdk/client-ecs').Task",
      "export { ECSClient as Client } from '@aws-sdk/client-ecs'",
      "export * from '../../adapters/ecs.ts'",
      "export const sdk = await import('@aws-sdk/client-ecs')",
      'export const hidden = await import(`@aws-sdk/client-ecs`)',
      "import { readFile } from 'node:fs/promises'",
      "import { join } from 'path'",
      "import middy from '@middy/core'",
      "import { ecs } from '../../adapters/ecs.ts'",
      "import type { Ecs } from '../../adapters/deeper/ecs.ts'",
      "import { roundabout } from './../../adapters/ecs.ts'",
      "import { handler } from '../../functions/trigger/index.ts'",
      "import { rule } from '../../events/rules.ts'",
      "import { stack } from '../../infra/stack.ts'",
      "import { endpoint } from '../../local/wire/endpoint.ts'",
      "import { command } from '../../cli/command.ts'",
      "import { page } from '../../console/page.ts'",
      "import { fixture } from '../../test/fixtures/definition.ts'",
      'export const table = process.env.TABLE_NAME',
      'export const now = Date.now()',
      'export const clock = Date.now',
      'export const today = new Date()',
      'export const text = Date()',
      'export const { now: hiddenNow } = Date',
      'export const id = Math.random()',
      'export const { random } = Math',
      'export const uuid = crypto.randomUUID()',
      'export const elapsed = performance.now()',
      'export const timer = setTimeout(() => {}, 1)',
      'export const ticker = setInterval(() => {}, 1)',
      'export const soon = setImmediate(() => {})',
      'export const global = globalThis.setTimeout',
      "export const answer = await fetch('https://example.com')",
      "console.log('decided')",
    ],
  },
  {
    file: 'adapters/probe.ts',
    allowed: [
      "import { ECSClient } from '@aws-sdk/client-ecs'",
      "import type { RequestHandler } from '@smithy/types'",
      "import type { Services } from '../core/ports.ts'",
      "import { around } from './aws-errors.ts'",
      'export const now = Date.now()',
    ],
    banned: [
      "import { handler } from '../functions/trigger/index.ts'",
      "import type { Handler } from '../functions/trigger/index.ts'",
      "import { stack } from '../infra/stack.ts'",
      "import { endpoint } from '../local/wire/endpoint.ts'",
      "import { command } from '../cli/command.ts'",
      "import { rule } from '../events/rules.ts'",
      "import { Stack } from 'aws-cdk-lib'",
      "import middy from '@middy/core'",
      'export const table = process.env.TABLE_NAME',
    ],
  },
  {
    file: 'adapters/routers/probe.ts',
    allowed: [
      "import type { TrafficRouter } from '../../core/ports.ts'",
      "import { around } from '../aws-errors.ts'",
    ],
    banned: [
      "import { endpoint } from '../../local/wire/endpoint.ts'",
      "export { stack } from '../../infra/stack.ts'",
    ],
  },
  {
    file: 'functions/trigger/probe.ts',
    allowed: [
      "import middy from '@middy/core'",
      "import { Logger } from '@aws-lambda-powertools/logger'",
      "import * as z from '../../core/model/zod.ts'",
      "import type { Context } from 'aws-lambda'",
      "import { trigger } from '../../core/use-cases/trigger.ts'",
      "import { taskEvent } from '../../events/ecs/task.ts'",
      "import { createContainer } from '../shared/container.ts'",
    ],
    banned: [
      "import { z } from 'zod'",
      "import { ecs } from '../../adapters/ecs.ts'",
      "import type { Ecs } from '../../adapters/ecs.ts'",
      "import { ECSClient } from '@aws-sdk/client-ecs'",
      "import type { Task } from '@aws-sdk/client-ecs'",
      "export const sdk = await import('@aws-sdk/client-ecs')",
      'export const table = process.env.TABLE_NAME',
      "import process from 'node:process'",
      "import { stack } from '../../infra/stack.ts'",
      "import { endpoint } from '../../local/wire/endpoint.ts'",
    ],
  },
  {
    file: 'functions/shared/container.ts',
    allowed: [
      "import { ecs } from '../../adapters/ecs.ts'",
      "import { ECSClient } from '@aws-sdk/client-ecs'",
      "import { environment } from './environment.ts'",
      'export const table = process.env.TABLE_NAME',
    ],
    banned: [
      "import { stack } from '../../infra/stack.ts'",
      "import { endpoint } from '../../local/wire/endpoint.ts'",
    ],
  },
  {
    file: 'functions/shared/environment.ts',
    allowed: [
      "import * as z from '../../core/model/zod.ts'",
      'export const table = process.env.TABLE_NAME',
    ],
    banned: [
      "import { ecs } from '../../adapters/ecs.ts'",
      "import { ECSClient } from '@aws-sdk/client-ecs'",
    ],
  },
  {
    file: 'functions/shared/logging.ts',
    allowed: [],
    banned: ['export const level = process.env.POWERTOOLS_LOG_LEVEL'],
  },
  {
    file: 'events/ecs/probe.ts',
    allowed: ["import * as z from 'zod/mini'", "import { envelope } from '../envelope.ts'"],
    banned: [
      "import { z } from 'zod'",
      "import { serviceKey } from '../../core/model/slot.ts'",
      "import { ecs } from '../../adapters/ecs.ts'",
      "import { handler } from '../../functions/trigger/index.ts'",
      "import { stack } from '../../infra/stack.ts'",
      "import { endpoint } from '../../local/wire/endpoint.ts'",
      "import type { Rule } from 'aws-cdk-lib/aws-events'",
      "import { readFile } from 'node:fs/promises'",
      "import type { EventBridgeEvent } from 'aws-lambda'",
    ],
  },
  {
    file: 'infra/constructs/probe.ts',
    allowed: [
      "import { Stack } from 'aws-cdk-lib'",
      "import { Rule } from 'aws-cdk-lib/aws-events'",
      "import { Construct } from 'constructs'",
      "import { build } from 'esbuild'",
      "import { join } from 'node:path'",
      "import { readFile } from 'node:fs/promises'",
      "import { rules } from '../../events/rules.ts'",
      "import type { EnvironmentName } from '../../functions/shared/environment.ts'",
      "import { METRICS } from '../../functions/shared/metric-names.ts'",
    ],
    banned: [
      "import { trigger } from '../../core/use-cases/trigger.ts'",
      "import type { Trigger } from '../../core/use-cases/trigger.ts'",
      "import { judge } from '../../core/analysis/judge.ts'",
      "import { ecs } from '../../adapters/ecs.ts'",
      "import { handler } from '../../functions/trigger/index.ts'",
      "import { createWatch } from '../../functions/shared/watch.ts'",
      "import { endpoint } from '../../local/wire/endpoint.ts'",
      "import { ECSClient } from '@aws-sdk/client-ecs'",
      "export const late = await import('../../core/use-cases/trigger.ts')",
    ],
  },
  {
    file: 'infra/bundling/stand-ins/probe.ts',
    allowed: [
      "import { createSocket } from 'node:dgram'",
      "import { SignatureV4 } from '@smithy/signature-v4'",
      "import { AwsSdkSigV4Signer } from '@aws-sdk/core/httpAuthSchemes'",
      "import { Segment } from './xray.ts'",
    ],
    banned: [
      "import { Stack } from 'aws-cdk-lib'",
      "import { build } from 'esbuild'",
      "import { ecs } from '../../../adapters/ecs.ts'",
      "import { leanSdk } from '../lean-sdk.ts'",
    ],
  },
  {
    file: 'local/services/ecs/probe.ts',
    allowed: [
      "import { ModifyRule$ } from '@aws-sdk/client-elastic-load-balancing-v2'",
      "import { NormalizedSchema } from '@smithy/core/schema'",
      "import { createServer } from 'node:http'",
      "import validations from 'dynalite/validations/index.js'",
      "import { StateMachine } from 'aws-local-stepfunctions'",
      "import { taskEvent } from '../../../events/ecs/task.ts'",
      "import { AwsError } from '../../wire/service.ts'",
      'export const bundle = (path: string) => import(path)',
    ],
    banned: [
      "import { trigger } from '../../../core/use-cases/trigger.ts'",
      "import type { Trigger } from '../../../core/use-cases/trigger.ts'",
      "import type { Ports } from '../../../core/ports.ts'",
      "import { ecs } from '../../../adapters/ecs.ts'",
      "import { handler } from '../../../functions/trigger/index.ts'",
      "import { synth } from '../../../infra/synth.ts'",
      "export { synth as again } from '../../../infra/synth.ts'",
      "import { App } from 'aws-cdk-lib'",
      "import { createServer as create } from 'http'",
    ],
  },
  ...['cli', 'console'].map((room) => ({
    file: `${room}/watch/probe.ts`,
    allowed: [
      "import { signal } from '../../core/use-cases/signal.ts'",
      "import { ecs } from '../../adapters/ecs.ts'",
      "import { parseArgs } from 'node:util'",
    ],
    banned: [
      "import { stack } from '../../infra/stack.ts'",
      "import type { Stack } from '../../infra/stack.ts'",
      "import { endpoint } from '../../local/wire/endpoint.ts'",
      "import { App } from 'aws-cdk-lib'",
    ],
  })),
  {
    file: 'test/unit/core/probe.test.ts',
    allowed: [
      "import { ECSClient } from '@aws-sdk/client-ecs'",
      "import { trigger } from '../../../core/use-cases/trigger.ts'",
      "import { ecs } from '../../../adapters/ecs.ts'",
      "import { endpoint } from '../../../local/wire/endpoint.ts'",
      'export const now = Date.now()',
      'export const table = process.env.TABLE_NAME',
    ],
    banned: [],
  },
]

const BANS =
  /title=(?:plugin|lint\/style\/(?:noRestrictedImports|noRestrictedGlobals|noProcessEnv|useNodejsImportProtocol)),file=([^,]+),line=(\d+),/

const repository = fileURLToPath(new URL('../../..', import.meta.url))
let folder: string
/** `file:line` of every line that a ban bit. */
let bitten: Set<string>

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'import-bans-')))
  for (const settings of ['biome.json', '.gitignore', 'lint']) {
    await cp(join(repository, settings), join(folder, settings), { recursive: true })
  }
  for (const { file, allowed, banned } of rooms) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), [...allowed, ...banned, ''].join('\n'))
  }
  bitten = bansIn(await lint(folder))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(rooms)('$file', ({ file, allowed, banned }) => {
  it.each(allowed.map((code, index) => ({ code, line: index + 1 })))(
    'may say $code',
    ({ line }) => {
      expect(bitten).not.toContain(`${file}:${line}`)
    },
  )

  it.each(banned.map((code, index) => ({ code, line: allowed.length + index + 1 })))(
    'may not say $code',
    ({ line }) => {
      expect(bitten).toContain(`${file}:${line}`)
    },
  )
})

function bansIn(report: string): Set<string> {
  const found = new Set<string>()
  for (const line of report.split('\n')) {
    const ban = line.startsWith('::error') ? BANS.exec(line) : null
    if (ban?.[1]) found.add(`${relative(folder, ban[1])}:${ban[2]}`)
  }
  return found
}

/** The linter's report. It exits with 1, for there are violations; anything else means that it did not run. */
function lint(where: string): Promise<string> {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome')
  const options = ['lint', '--reporter=github', '--max-diagnostics=none', '.']
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [biome, ...options],
      { cwd: where, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error?.code === 1 && stdout.includes('::error')) resolve(stdout)
        else reject(new Error(`biome did not lint the snippets: ${stderr}`, { cause: error }))
      },
    )
  })
}
