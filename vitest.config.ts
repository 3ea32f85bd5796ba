import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // serialport must live in a process's main thread; a worker thread crashes it.
    pool: 'forks',
    testTimeout: 30_000,
    // Concurrent tests are those that mostly wait for lines to fail.
    maxConcurrency: 8,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
});
