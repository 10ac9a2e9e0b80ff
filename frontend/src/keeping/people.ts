/** People on a facilitator's phone: enrolled here, sent when there is a net, each once. */

import { Away, post } from "../api";
import { newKey } from "./outbox.svelte";
import { shelf } from "./shelf";

export interface Person {
  id: string;
  campaign: string;
  card: string;
  account: string | null;
  consent: Record<string, unknown>;
  about: Record<string, string | null>;
}

/** Letters and digits that are not mistaken for one another on paper. */
const SIGNS = "23456789abcdefghjkmnpqrstuvwxyz";

function newCard(): string {
  const drawn: string[] = [];
  while (drawn.length < 20) {
    const byte = crypto.getRandomValues(new Uint8Array(1))[0]!;
    if (byte < SIGNS.length * 8) drawn.push(SIGNS[byte % SIGNS.length]!);
  }
  return [0, 4, 8, 12, 16].map((at) => drawn.slice(at, at + 4).join("")).join("-");
}

export const people = async (campaign: string) =>
  (await shelf.all<Person>("people")).filter((one) => one.campaign === campaign);

/** Keeps somebody new on this device; their card's number is drawn here, so no net is needed. */
export async function enrol(
  campaign: string,
  consent: Record<string, unknown>,
  about: Record<string, string | null>,
): Promise<Person> {
  const one: Person = { id: newKey(), campaign, card: newCard(), account: null, consent, about };
  await shelf.put("people", one);
  return one;
}

/** Sends whoever waits; without a net they wait on. */
export async function sendPeople(): Promise<void> {
  for (const one of await shelf.all<Person>("people")) {
    if (one.account) continue;
    const body = { key: one.id, card: one.card, language: document.documentElement.lang, consent: one.consent, about: one.about };
    try {
      const told = await post<{ account: string }>(`/api/campaigns/${one.campaign}/enrolments`, body);
      await shelf.put("people", { ...one, account: told.account } as Person);
    } catch (error) {
      if (error instanceof Away) return;
      throw error;
    }
  }
}
