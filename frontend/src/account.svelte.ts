/** Who is signed in. */

import { get, json, setToken } from "./api";

export interface Me {
  account: string | null;
  name: string | null;
  role: "owner" | "manager" | "reviewer" | "facilitator" | "contributor";
  language: string;
  campaigns: Record<string, string[]>;
  recovery: boolean;
  csrf?: string;
}

const KEPT = "ingather.me";
export const account = $state<{ me: Me | null; known: boolean }>({ me: null, known: false });

/** Asks the server who is signed in; without a net, who was. */
export async function look(): Promise<Me | null> {
  try {
    const told = await get<Me>("/api/me");
    account.me = told.account ? told : null;
    if (account.me) localStorage.setItem(KEPT, JSON.stringify(account.me));
    else localStorage.removeItem(KEPT);
  } catch {
    const kept = localStorage.getItem(KEPT);
    account.me = kept ? (JSON.parse(kept) as Me) : null;
    if (account.me?.csrf) setToken(account.me.csrf);
  }
  account.known = true;
  return account.me;
}

/** Signs out here. */
export async function leave(): Promise<void> {
  await json("DELETE", "/api/session");
  setToken("");
  localStorage.removeItem(KEPT);
  account.me = null;
}
