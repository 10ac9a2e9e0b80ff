/** Samples as integers, and packed beside the page. */

import type { Sound } from "./microphone";

/** 16-bit samples: microphones give no more, and what a browser made of them goes back exactly. */
export function whole({ samples }: Sound): Int16Array {
  return Int16Array.from(samples, (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
}

/** A FLAC file, made in a worker that is loaded when it is first needed. */
export function pack(samples: Int16Array, rate: number): Promise<Uint8Array<ArrayBuffer>> {
  const worker = new Worker(new URL("./flac-worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      resolve(data);
      worker.terminate();
    };
    worker.onerror = () => reject(new Error("not packed"));
    worker.postMessage({ samples, rate });
  });
}

/** A WAV to play back at once. */
export function wav(samples: Int16Array, rate: number): Blob {
  const head = new DataView(new ArrayBuffer(44));
  const name = (at: number, text: string) => [...text].forEach((sign, i) => head.setUint8(at + i, sign.charCodeAt(0)));
  name(0, "RIFF");
  head.setUint32(4, 36 + samples.byteLength, true);
  name(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, rate * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  name(36, "data");
  head.setUint32(40, samples.byteLength, true);
  return new Blob([head, samples as Int16Array<ArrayBuffer>], { type: "audio/wav" });
}
