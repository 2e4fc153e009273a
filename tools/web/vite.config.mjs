import { defineConfig } from 'vite'
import { licences } from './scripts/licences.mjs'

// What the pages talk to while they are worked on: npm run dev, with a server from tools/quickstart.
const server = process.env.JOBRAKER_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [licences()],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000, // Swagger UI comes as one piece
    rollupOptions: { input: { app: 'index.html', console: 'console.html', docs: 'docs.html' } },
  },
  server: { proxy: { '/api': { target: server, ws: true, changeOrigin: false } } },
  test: { include: ['src/**/*.test.ts'] },
})
