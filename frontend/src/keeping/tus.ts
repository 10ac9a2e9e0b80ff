/** Uploads in pieces (tus 1.0.0): after a break it goes on where the server is. */

import { ask, Refusal } from "../api";

const PIECE = 256 * 1024;
const VERSION = { "tus-resumable": "1.0.0" };

/** Sends bytes for an assignment under a key; the same key goes on with the same upload. */
export async function upload(
  bytes: Uint8Array<ArrayBuffer>,
  assignment: string,
  key: string,
  headers: Record<string, string>,
): Promise<void> {
  const made = await ask("/api/uploads", {
    method: "POST",
    headers: {
      ...headers,
      ...VERSION,
      "upload-length": String(bytes.length),
      "upload-metadata": `assignment ${btoa(assignment)},key ${btoa(key)}`,
    },
  });
  const place = `/api/uploads/${(made.headers.get("location") ?? "").split("/").at(-1)}`;
  let at = await reached(place, headers);
  do {
    try {
      const answer = await ask(place, {
        method: "PATCH",
        headers: { ...headers, ...VERSION, "upload-offset": String(at), "content-type": "application/offset+octet-stream" },
        body: bytes.slice(at, at + PIECE),
      });
      at = Number(answer.headers.get("upload-offset"));
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 409)) throw error;
      const now = await reached(place, headers);
      if (now === at) throw error;
      at = now;
    }
  } while (at < bytes.length);
}

async function reached(place: string, headers: Record<string, string>): Promise<number> {
  const answer = await ask(place, { method: "HEAD", headers: { ...headers, ...VERSION } });
  return Number(answer.headers.get("upload-offset"));
}
