/** What waits here as one file that another device can hand in: each take has its key, so it is counted once.
 *
 * The file is "INGATHER1", the length of a JSON head (32 bits, big-endian), the head, then the FLAC files one
 * after the other, then the SHA-256 over all before it.
 */

import { Refusal } from "../api";
import { pack } from "../recording/pack";
import { keep, waiting, type Take } from "./outbox.svelte";

const NAME = "INGATHER1";
const HASH = 32;
type Head = (Omit<Take, "flac" | "samples"> & { bytes: number })[];

export async function sealed(): Promise<Blob> {
  const takes = await waiting();
  const heads: Head = [];
  const bodies: Uint8Array<ArrayBuffer>[] = [];
  for (const { flac, samples, ...rest } of takes) {
    const body = flac ?? (await pack(samples!, rest.rate));
    heads.push({ ...rest, bytes: body.length });
    bodies.push(body);
  }
  const head = new TextEncoder().encode(JSON.stringify(heads));
  const size = new DataView(new ArrayBuffer(4));
  size.setUint32(0, head.length);
  const whole = new Blob([NAME, size, head, ...bodies]);
  const hash = await crypto.subtle.digest("SHA-256", await whole.arrayBuffer());
  return new Blob([whole, hash]);
}

/** Takes a sealed file in; returns how many takes it holds. Nothing is kept of a file that is damaged. */
export async function handIn(file: Blob): Promise<number> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const told = new TextDecoder().decode(bytes.subarray(0, NAME.length));
  if (told !== NAME || hash.some((value, at) => value !== bytes[body.length + at])) {
    throw new Refusal(400, { message: "This file is damaged, or was not saved here.", why: "", fix: "Save it again." });
  }
  const size = new DataView(bytes.buffer).getUint32(NAME.length);
  let at = NAME.length + 4 + size;
  const heads = JSON.parse(new TextDecoder().decode(bytes.subarray(NAME.length + 4, at))) as Head;
  for (const { bytes: length, ...rest } of heads) {
    await keep({ ...rest, samples: null, flac: bytes.slice(at, at + length) });
    at += length;
  }
  return heads.length;
}
