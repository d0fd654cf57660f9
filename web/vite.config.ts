import { defineConfig } from 'vite';

/** Builds the site into `dist`; `npx vite web` serves it while it is developed, on the gateway of `npm start`. */
// biome-ignore lint/style/noDefaultExport: Vite reads its configuration from the default export.
export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: 'es2023',
    // Older targets would replace `light-dark()`, which the theme needs.
    cssTarget: 'esnext',
    // A data URL of a font or an image would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000' } },
});
