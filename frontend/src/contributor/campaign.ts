/** A campaign as everybody may see it. */

import { get } from "../api";
import { speech } from "../i18n/messages.svelte";
import { shelf } from "../keeping/shelf";

export interface Asked {
  name: string;
  values: string[];
  number: boolean;
  sensitive: boolean;
}

export interface ConsentText {
  hash: string;
  language: string;
  version: number;
  text: string;
}

export interface Campaign {
  id: string;
  title: string;
  objective: string;
  door: "open" | "invitation";
  open: boolean;
  starts: number | null;
  ends: number | null;
  languages: string[];
  instructions: string;
  currency: string;
  pay_sample: number;
  pay_check: number;
  pay_hour: number;
  decide_days: number;
  adults_only: boolean;
  panel: string[];
}

export interface WholeCampaign extends Campaign {
  consent: ConsentText[];
  purposes: string[];
  about: Asked[];
}

/** A campaign from the server, or as it was when there was a net. */
export async function campaignOf(id: string): Promise<WholeCampaign> {
  try {
    const told = await get<WholeCampaign>(`/api/campaigns/${id}`);
    void shelf.put("pages", { id, told }).catch(() => undefined);
    return told;
  } catch (error) {
    const kept = await shelf.get<{ told: WholeCampaign }>("pages", id).catch(() => undefined);
    if (kept) return kept.told;
    throw error;
  }
}

/** The text in the reader's language, else in the campaign's first. */
export function textFor(one: WholeCampaign, tag: string = speech.tag): ConsentText | undefined {
  const short = tag.split("-")[0];
  return (
    one.consent.find((text) => text.language === tag) ??
    one.consent.find((text) => text.language.split("-")[0] === short) ??
    one.consent.find((text) => text.language === one.languages[0]) ??
    one.consent[0]
  );
}

/** Languages by their names in the reader's language. */
export function named(tags: string[]): string {
  const names = new Intl.DisplayNames(speech.tag, { type: "language", fallback: "code" });
  const told = tags.map((tag) => {
    try {
      return names.of(tag) ?? tag;
    } catch {
      return tag;
    }
  });
  return new Intl.ListFormat(speech.tag).format(told);
}

/** An identifier such as `age_group` as words. */
export const spoken = (name: string) => name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
