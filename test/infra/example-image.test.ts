import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../infra/bundling/bundle-functions.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { environment, listAt, ofType } from './example-template.ts'
import { at } from './template.ts'

const CONTEXT = join(ROOT, 'local', 'sample-app')
const lines = readFileSync(join(CONTEXT, 'Dockerfile'), 'utf8').split('\n')
const work = mkdtempSync(join(tmpdir(), 'sluice-image-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** What stands behind an instruction, in the order of the file. */
const all = (instruction: string) =>
  lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1))
const [container] = ofType(environment('alb'), 'AWS::ECS::TaskDefinition').flatMap(([, task]) =>
  listAt(task, 'ContainerDefinitions'),
)

describe("the sample application's image", () => {
  it('copies what is there, and from its first stage what that has made', () => {
    const [sources = '', built = ''] = all('COPY')
    expect(globSync(sources.split(' ')[0] ?? '', { cwd: CONTEXT })).toContain('main.ts')
    const [run = ''] = all('RUN')
    expect(built).toMatch(/^--from=build \/build\/app\.mjs /)
    expect(run).toContain('--outfile=app.mjs')
  })

  it('is built by the version of the bundler that the repository has', () => {
    expect(all('RUN')[0]).toContain(`esbuild@${packageJson.devDependencies.esbuild} `)
  })

  it('runs on the Node.js that the repository has, in both stages', () => {
    const [major] = packageJson.devDependencies.node.split('.')
    for (const image of all('FROM')) expect(image).toMatch(new RegExp(`^node:${major}-alpine`))
    expect(all('FROM')).toHaveLength(2)
  })

  it('runs as the user and on the port that the task definition says', () => {
    expect(all('USER')).toEqual([at(container, 'User')])
    expect(all('EXPOSE')).toEqual([String(at(container, 'PortMappings', 0, 'ContainerPort'))])
  })

  it('has what its command runs: it serves, is healthy, and ends in order when it is asked to', async () => {
    cpSync(CONTEXT, work, { recursive: true })
    const [, flags = ''] = /esbuild@\S+ (.*)$/.exec(all('RUN')[0] ?? '') ?? []
    execFileSync(
      join(ROOT, 'node_modules', '.bin', 'esbuild'),
      [...flags.split(' '), '--log-level=error'],
      { cwd: work },
    )
    const [command, program = ''] = JSON.parse(all('CMD')[0] ?? '[]')
    expect(command).toBe('node')
    expect(existsSync(join(work, program))).toBe(true)
    const child = spawn(process.execPath, [program], {
      cwd: work,
      env: { PORT: '0', HOST: '127.0.0.1', SLOT: 'blue' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [{ port }] = await once(child, 'message')
    const health = ofType(environment('alb'), 'AWS::ElasticLoadBalancingV2::TargetGroup')[0]?.[1]
    const path = String(health?.Properties.HealthCheckPath)
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    expect(String(response.status)).toBe(at(health?.Properties, 'Matcher', 'HttpCode'))
    expect(response.headers.get('x-slot')).toBe('blue')
    child.kill('SIGTERM')
    const [code, signal] = await once(child, 'exit')
    expect([code, signal]).toEqual([0, null])
  })
})
