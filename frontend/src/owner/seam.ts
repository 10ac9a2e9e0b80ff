/** What these pages use of the rest of the application, under the names that they use. */
import { account } from '../account.svelte';
import { Away, Refusal, address, json } from '../api';
import { learn, speech, t as say } from '../i18n/messages.svelte';
import { go, here, href } from '../router.svelte';
import english from './messages/en.json';

export { address, go, here, href as link };
const ROOM = 'run.';

export interface Trouble {
  message: string;
  why: string;
  fix: string;
  status: number;
}

/** Asks the server; throws what `troubled` can tell in words. */
export const ask = <T = unknown>(method: string, path: string, body?: unknown): Promise<T> => json<T>(method, path, body);

/** What went wrong, as words to be shown beside what it is about. */
export function troubled(error: unknown): Trouble {
  if (error instanceof Refusal) return { ...error.told, status: error.status };
  if (error instanceof Away) return { message: t('away'), why: '', fix: t('awayFix'), status: 0 };
  throw error;
}

/** A message of these pages. */
export const t = (key: string, values: Record<string, string | number> = {}): string => say(ROOM + key, values);
export const locale = (): string => speech.tag;
export const me = () => account.me;
export const base = (): string => document.baseURI;

type Messages = Record<string, string>;
const own = (messages: Messages): Messages =>
  Object.fromEntries(Object.entries(messages).map(([key, text]) => [ROOM + key, text]));
const loader = (load: () => Promise<{ default: Messages }>) => async () => ({ default: own((await load()).default) });
let known: Promise<void> | undefined;

/** Brings these pages' messages in; once. */
export function begin(): Promise<void> {
  known ??= learn(own(english), {
    es: loader(() => import('./messages/es.json')),
    fr: loader(() => import('./messages/fr.json')),
    ar: loader(() => import('./messages/ar.json')),
  });
  return known;
}
