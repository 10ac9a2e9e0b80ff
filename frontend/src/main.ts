import { mount } from "svelte";
import App from "./App.svelte";
import { begin } from "./i18n/messages.svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/marks.css";

await begin();
const target = document.getElementById("app");
if (target) mount(App, { target });
if ("serviceWorker" in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register(new URL("sw.js", document.baseURI)).then(async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    const loaded = performance.getEntriesByType("resource").map((one) => one.name);
    worker?.postMessage(loaded.filter((name) => name.includes("/assets/")));
  });
}
