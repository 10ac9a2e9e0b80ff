/** Light or dark: by the device, unless somebody chose. */

export type Theme = "light" | "dark";
const KEPT = "ingather.theme";
const device = matchMedia("(prefers-color-scheme: dark)");

function now(): Theme {
  const chosen = localStorage.getItem(KEPT);
  return chosen === "light" || chosen === "dark" ? chosen : device.matches ? "dark" : "light";
}

export const theme = $state<{ is: Theme }>({ is: now() });

function show(): void {
  theme.is = now();
  document.documentElement.dataset.theme = theme.is;
}

/** Changes to the other one and remembers it. */
export function turn(): void {
  localStorage.setItem(KEPT, theme.is === "dark" ? "light" : "dark");
  show();
}

device.addEventListener("change", show);
show();
