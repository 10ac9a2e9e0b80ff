/** What is heard at once on the device; the server measures again and has the last word. */

import type { Key } from "../i18n/messages.svelte";
import type { Sound } from "./microphone";

const FRAME = 0.02;
/** Peaks, as shares of full scale. */
export const QUIET = 0.03;
export const LOUD = 0.9;

export interface Fault {
  what: Key;
  why?: Key;
}

/** The first thing that is wrong with a take, or null. */
export function fault({ samples, rate }: Sound): Fault | null {
  let peak = 0;
  let flat = 0;
  let run = 0;
  for (const value of samples) {
    const size = Math.abs(value);
    if (size > peak) peak = size;
    run = size >= 0.999 ? run + 1 : 0;
    if (run === 3) flat++;
  }
  if (peak < 0.001) return { what: "empty" };
  if (samples.length / rate < 0.3) return { what: "short" };
  if (peak < QUIET) return { what: "deviceQuiet", why: "deviceQuietWhy" };
  if (flat > 2) return { what: "clipped", why: "clippedWhy" };
  const frames = energies(samples, Math.round(rate * FRAME));
  const sorted = [...frames].sort((a, b) => a - b);
  const loud = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
  const floor = sorted[Math.floor(sorted.length * 0.05)] ?? 0;
  const end = frames.at(-1) ?? 0;
  if (end > loud * 0.5 && end > floor * 100) return { what: "cutEnd", why: "cutEndWhy" };
  return null;
}

/** The height of each of `count` bars, 0 to 1: the shape of a sound to look at. */
export function shape({ samples }: Sound, count = 60): number[] {
  const each = Math.max(1, Math.floor(samples.length / count));
  const bars = Array.from({ length: count }, (_, bar) => {
    let peak = 0;
    for (let i = bar * each; i < Math.min(samples.length, (bar + 1) * each); i++) peak = Math.max(peak, Math.abs(samples[i]!));
    return peak;
  });
  const top = Math.max(...bars, 0.001);
  return bars.map((bar) => bar / top);
}

function energies(samples: Float32Array, size: number): number[] {
  const found: number[] = [];
  for (let at = 0; at + size <= samples.length; at += size) {
    let sum = 0;
    for (let i = at; i < at + size; i++) sum += samples[i]! ** 2;
    found.push(sum / size);
  }
  return found;
}
