import { defineConfig } from 'vitest/config'

/** What the mutation run tests with: pure tests only, so that hundreds of runs need nothing synthesized. */
export default defineConfig({
  test: {
    include: ['test/unit/core/**/*.test.ts'],
  },
})
