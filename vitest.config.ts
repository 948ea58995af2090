import { defineConfig } from 'vitest/config'
import { stillRunning } from './test/fixtures/still-running.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Vitest would keep a core for itself, and most of what runs here waits.
    maxWorkers: '100%',
    globalSetup: ['test/fixtures/synthesized.ts'],
    // What Lambda sets for every function; local AWS looks at no signature.
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    reporters: [
      'default',
      // What vitest adds there by itself, as long as nobody names reporters.
      ...(process.env.GITHUB_ACTIONS === 'true' ? ['github-actions'] : []),
      stillRunning(),
    ],
    // Real processes, sockets and DNS on shared machines: a hung test is for the run's own limit to find.
    testTimeout: 0,
    hookTimeout: 0,
  },
})
