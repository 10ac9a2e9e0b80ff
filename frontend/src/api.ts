/** The studio's HTTP interface: JSON in and out, with the token that changes must carry. */

export interface Told {
  message: string;
  why: string;
  fix: string;
}

/** An answer that is not what was asked for: its status, the words of the server, its whole body. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly told: Told,
    readonly body: Record<string, unknown> = {},
  ) {
    super(told.message);
  }
}

/** There is no net, or the server is away. */
export class Away extends Error {}

let csrf = "";

/** What the last sign-in told: changes carry it. */
export function setToken(token: string): void {
  csrf = token;
}

/** The address of a route such as `/api/me` below the base path. */
export function address(path: string): string {
  return new URL(path.replace(/^\/+/, ""), document.baseURI).href;
}

/** Asks, with own headers; throws Refusal from status 400 on, Away without a net. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (csrf) headers.set("x-csrf-token", csrf);
  let answer: Response;
  try {
    answer = await fetch(address(path), { ...init, headers, credentials: "same-origin" });
  } catch {
    throw new Away();
  }
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new Away();
  if (!answer.ok) {
    const body = (await answer.json().catch(() => ({}))) as { error?: Told };
    throw new Refusal(answer.status, body.error ?? { message: answer.statusText, why: "", fix: "" }, { ...body });
  }
  return answer;
}

/** Sends and reads JSON. */
export async function json<T>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const init: RequestInit = { method, headers: { ...headers } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...headers, "content-type": "application/json" };
  }
  const answer = await ask(path, init);
  const text = await answer.text();
  const told = (text ? JSON.parse(text) : null) as T;
  const token = (told as { csrf?: unknown } | null)?.csrf;
  if (typeof token === "string") setToken(token);
  return told;
}

export const get = <T>(path: string, headers?: Record<string, string>) => json<T>("GET", path, undefined, headers);
export const post = <T>(path: string, body: unknown = {}, headers?: Record<string, string>) =>
  json<T>("POST", path, body, headers);
