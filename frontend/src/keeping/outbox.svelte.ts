/** What was said here: kept on this device first, packed, sent when there is a net, each once. */

import { ask, Away, get, Refusal } from "../api";
import { pack } from "../recording/pack";
import { shelf } from "./shelf";
import { upload } from "./tus";

/** One take on this device. `key` makes that sending twice adds once. */
export interface Take {
  id: string;
  campaign: string;
  account: string;
  person: string | null;
  task: Task;
  samples: Int16Array | null;
  flac: Uint8Array<ArrayBuffer> | null;
  rate: number;
  at: number;
}

export interface Task {
  assignment: string;
  until: number;
  prompt: { kind: "read" | "answer" | "describe" | "free" | "command"; text: string; language: string };
}

export interface Refused {
  take: Take;
  message: string;
  gate: boolean;
}

interface Standing {
  kept: number;
  keptBytes: number;
  sent: number;
  sentBytes: number;
  accepted: number;
  wifiOnly: boolean;
  away: boolean;
  refused: Refused[];
}

const WIFI = "ingather.wifi";
const SENT = "ingather.sent";
const SMALL = 512 * 1024;
export const outbox = $state<Standing>({
  kept: 0,
  keptBytes: 0,
  sent: 0,
  sentBytes: Number(localStorage.getItem(SENT) ?? 0),
  accepted: 0,
  wifiOnly: localStorage.getItem(WIFI) === "yes",
  away: !navigator.onLine,
  refused: [],
});

/** A number that this browser drew once; the server keeps its hash, to doubt and never to decide. */
export function device(): string {
  const known = localStorage.getItem("ingather.device") ?? crypto.randomUUID();
  localStorage.setItem("ingather.device", known);
  return known;
}

export const newKey = () => crypto.randomUUID().replaceAll("-", "");

/** Keeps a take on the disk; resolves when it is there. Sending follows by itself. */
export async function keep(take: Take): Promise<void> {
  await shelf.put("takes", $state.snapshot(take) as Take);
  void navigator.storage?.persist?.();
  await count();
  void send();
}

/** Every take that waits here. */
export const waiting = () => shelf.all<Take>("takes");

export async function count(): Promise<void> {
  const takes = await waiting();
  outbox.kept = takes.length;
  outbox.keptBytes = takes.reduce((sum, one) => sum + (one.flac?.length ?? one.samples?.byteLength ?? 0), 0);
}

export function setWifiOnly(only: boolean): void {
  outbox.wifiOnly = only;
  localStorage.setItem(WIFI, only ? "yes" : "no");
  void send();
}

let shown: string | null = null;

/** How many are sent and accepted, from the server: of whom was asked last, or of a person on a shared phone. */
export async function standing(person: string | null = shown): Promise<void> {
  shown = person;
  const headers = person ? { "x-contributor": person } : undefined;
  const mine = await get<{ state: string }[]>("/api/me/submissions?limit=500", headers).catch(() => null);
  if (!mine) return;
  const held = mine.filter((one) => one.state !== "withdrawn");
  outbox.sent = held.length;
  outbox.accepted = held.filter((one) => one.state === "accepted" || one.state === "surplus").length;
}

/** Sends what waits, the oldest first; one sender for all tabs. */
export async function send(): Promise<void> {
  if (held()) return;
  await navigator.locks.request("ingather-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const take of (await waiting()).sort((a, b) => a.at - b.at)) {
      if (held()) break;
      try {
        await sendOne(take);
        outbox.away = false;
      } catch (error) {
        if (error instanceof Refusal && error.status < 500 && ![401, 408, 423, 429].includes(error.status)) {
          await shelf.drop("takes", take.id);
          outbox.refused.push({ take, message: error.told.message, gate: error.status === 422 });
        } else {
          outbox.away = error instanceof Away;
          break;
        }
      }
      await count();
    }
  });
  await standing();
}

async function sendOne(take: Take): Promise<void> {
  if (!take.flac) {
    take.flac = await pack(take.samples!, take.rate);
    take.samples = null;
    await shelf.put("takes", take);
  }
  const headers: Record<string, string> = { "idempotency-key": take.id, "x-device": device() };
  if (take.person) headers["x-contributor"] = take.person;
  if (take.flac.length > SMALL) {
    await upload(take.flac, take.task.assignment, take.id, headers);
  } else {
    headers["content-type"] = "audio/flac";
    const body = new Blob([take.flac], { type: "audio/flac" });
    await ask(`/api/assignments/${take.task.assignment}/recording`, { method: "POST", body, headers });
  }
  outbox.sentBytes += take.flac.length;
  localStorage.setItem(SENT, String(outbox.sentBytes));
  await shelf.drop("takes", take.id);
}

function held(): boolean {
  const net = (navigator as { connection?: { type?: string } }).connection;
  return !navigator.onLine || (outbox.wifiOnly && net?.type === "cellular");
}

addEventListener("online", () => {
  outbox.away = false;
  void send();
});
addEventListener("offline", () => (outbox.away = true));
setInterval(() => void (outbox.kept && send()), 15_000);
void count().then(() => send());
