import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes, sockets and DNS on shared machines: a hung test is for the run's own limit to find.
    testTimeout: 0,
    hookTimeout: 0,
  },
})
