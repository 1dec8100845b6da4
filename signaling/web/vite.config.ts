import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: ["es2021", "chrome90", "firefox90", "safari15"],
    rollupOptions: { input: ["index.html", "officer/index.html"] },
    // The server's policy is default-src 'self': nothing inline, no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `npm run dev` serves the pages and passes the API on to a running server.
  server: {
    // Tests read the codes of errors and reasons from the headers that say what they are.
    fs: { allow: ["../.."] },
    proxy: { "/v1": { target: "http://127.0.0.1:8080", ws: true } },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
