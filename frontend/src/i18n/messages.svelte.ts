/** What pages say, in the reader's language; English where a message is missing. */

import english from "./en.json";
import { get } from "../api";

type Messages = Record<string, string>;
type Loaders = Record<string, () => Promise<{ default: Messages }>>;
/** Messages of the contributor's pages are known by name; other rooms bring their own with `learn`. */
export type Key = keyof typeof english | (string & {});
interface Language {
  tag: string;
  name: string;
  direction: "ltr" | "rtl";
  reviewed: boolean;
}

/** The built-in languages. A reviewer who speaks one sets `reviewed`. */
export const languages = $state<Language[]>([
  { tag: "en", name: "English", direction: "ltr", reviewed: true },
  { tag: "es", name: "Español", direction: "ltr", reviewed: false },
  { tag: "fr", name: "Français", direction: "ltr", reviewed: false },
  { tag: "ar", name: "العربية", direction: "rtl", reviewed: false },
]);
const basis: Messages = { ...english };
const catalogues: Loaders[] = [{
  es: () => import("./es.json"),
  fr: () => import("./fr.json"),
  ar: () => import("./ar.json"),
}];
const KEPT = "ingather.language";

export const speech = $state<{ tag: string; direction: "ltr" | "rtl"; reviewed: boolean; messages: Messages }>({
  tag: "en",
  direction: "ltr",
  reviewed: true,
  messages: english,
});

/** A message with its {places} filled; `n` picks the plural form `key.one`, `key.few`, ... where there is one. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  let text = speech.messages[key] ?? basis[key] ?? key;
  if (typeof values.n === "number") {
    text = speech.messages[`${key}.${new Intl.PluralRules(speech.tag).select(values.n)}`] ?? text;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}

export const number = (value: number, more: Intl.NumberFormatOptions = {}) =>
  new Intl.NumberFormat(speech.tag, more).format(value);
export const day = (seconds: number) =>
  new Intl.DateTimeFormat(speech.tag, { dateStyle: "medium" }).format(seconds * 1000);

/** Money from minor units, exact: the currency tells how many digits there are. */
export function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat(speech.tag, { style: "currency", currency, currencyDisplay: "code" });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** Shows pages in a language from now on. */
export async function speak(tag: string): Promise<void> {
  const found = languages.find((one) => one.tag === tag) ?? languages[0]!;
  let messages: Messages = { ...basis };
  for (const built of catalogues) {
    const one = built[found.tag];
    if (one) messages = { ...messages, ...(await one()).default };
  }
  if (added.has(found.tag)) {
    const told = await get<{ messages: Messages }>(`/api/languages/${found.tag}`).catch(() => null);
    messages = { ...messages, ...told?.messages };
  }
  Object.assign(speech, { ...found, messages });
  document.documentElement.lang = found.tag;
  document.documentElement.dir = found.direction;
  localStorage.setItem(KEPT, found.tag);
}

/** Adds a room's messages: English at once, other languages by their loaders; call and await it before the room is shown. */
export async function learn(messages: Messages, others: Loaders): Promise<void> {
  Object.assign(basis, messages);
  catalogues.push(others);
  if (speech.tag !== "en" || added.has("en")) await speak(speech.tag);
}

/** Every message that was brought in, in English. */
export const basisMessages = (): Messages => ({ ...basis });

const added = new Set<string>();

/** Learns which languages there are and speaks the one chosen, or the browser's. */
export async function begin(): Promise<void> {
  const more = await get<Language[]>("/api/languages").catch(() => []);
  for (const one of more) {
    added.add(one.tag);
    const known = languages.find((other) => other.tag === one.tag);
    if (known) Object.assign(known, one);
    else languages.push({ tag: one.tag, name: one.name, direction: one.direction, reviewed: one.reviewed });
  }
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages].filter((tag) => tag !== null);
  for (const tag of wanted) {
    const found = languages.find((one) => one.tag === tag) ?? languages.find((one) => one.tag === tag.split("-")[0]);
    if (found) return found.tag === "en" && !added.has("en") ? undefined : speak(found.tag);
  }
}
