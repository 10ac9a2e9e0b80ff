import { defineConfig } from "vite";
import { svelte } from "@sveltejs/vite-plugin-svelte";

// Relative addresses everywhere: the server names the path under which it is shown in <base>.
export default defineConfig({
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../src/ingather/studio/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
});
