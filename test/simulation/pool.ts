import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Report, Task } from './worker.ts'

/**
 * Runs tasks in processes of their own, one for each job: a fake clock and seeded chance are a process's.
 * @throws where a process ends by itself: a fault of the simulation.
 */
export async function runAll(
  tasks: Iterator<Task>,
  options: { readonly jobs: number; readonly template: string },
  onReport: (report: Report) => 'go on' | 'stop',
): Promise<void> {
  const processes: ChildProcess[] = []
  let stopped = false
  const job = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(join(import.meta.dirname, 'worker.ts'), [options.template], {
        env: {
          ...process.env,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
        },
      })
      processes.push(child)
      const next = (): void => {
        const task = stopped ? undefined : tasks.next()
        if (task && !task.done) child.send(task.value)
        else child.disconnect()
      }
      child.on('message', (message: Report | 'ready') => {
        if (message !== 'ready' && onReport(message) === 'stop') stopped = true
        next()
      })
      child.on('error', reject)
      child.on('exit', (code, signal) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with ${signal ?? code}`)),
      )
    })
  try {
    await Promise.all(Array.from({ length: options.jobs }, job))
  } finally {
    for (const child of processes) child.kill()
  }
}
