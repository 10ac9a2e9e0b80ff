/** The address as the pages see it: the path below the base path, its parts, and its parameters. */

const BASE = new URL(document.baseURI).pathname;

function read() {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : "";
  return {
    path: "/" + path.replace(/\/+$/, ""),
    parts: path.split("/").filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(location.search),
    hash: location.hash.slice(1),
  };
}

export const here = $state(read());

/** The whole address of a page, given its path below the base path. */
export function href(path: string): string {
  return BASE + path.replace(/^\/+/, "");
}

/** Goes to a page of this application without a load. */
export function go(path: string, { replace = false }: { replace?: boolean } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", href(path));
  Object.assign(here, read());
  scrollTo(0, 0);
  queueMicrotask(() => document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true }));
}

addEventListener("popstate", () => Object.assign(here, read()));
addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element | null)?.closest?.("a");
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (!link.pathname.startsWith(BASE) || link.pathname.startsWith(BASE + "api/")) return;
  event.preventDefault();
  go(link.pathname.slice(BASE.length) + link.search + link.hash);
});
