/** What to say of something that did not work: the server's words, or that there is no net. */

import { Away, Refusal } from "../api";
import { t } from "../i18n/messages.svelte";

export function words(error: unknown): string {
  if (error instanceof Refusal) return [error.told.message, error.told.fix].filter(Boolean).join(" ");
  return t(error instanceof Away ? "away" : "wentWrong");
}
