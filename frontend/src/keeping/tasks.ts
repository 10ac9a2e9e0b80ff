/** Tasks fetched ahead, so that there is something to say without a net. */

import { json } from "../api";
import { shelf } from "./shelf";
import type { Task } from "./outbox.svelte";

const AHEAD = 3;
interface Kept {
  id: string;
  campaign: string;
  person: string | null;
  task: Task;
}

/** The next task of somebody, from this device or the server; null where there is nothing to say now. */
export async function nextTask(campaign: string, account: string, person: string | null): Promise<Task | null> {
  const who = person ?? account;
  const kept = await mine(campaign, who);
  if (kept[0]) {
    if (kept.length === 1) void fetchAhead(campaign, who, person).catch(() => undefined);
    return kept[0].task;
  }
  await fetchAhead(campaign, who, person);
  return (await mine(campaign, who))[0]?.task ?? null;
}

/** Takes a task from the pile: it was said or left. */
export const done = (task: Task) => shelf.drop("tasks", task.assignment);

/** Puts a task back: the gates refused what was said, its place is still held. */
export const again = (task: Task, campaign: string, who: string) =>
  shelf.put("tasks", { id: task.assignment, campaign, person: who, task } as Kept);

async function mine(campaign: string, who: string): Promise<Kept[]> {
  const all = await shelf.all<Kept>("tasks");
  const found: Kept[] = [];
  for (const one of all) {
    if (one.campaign !== campaign || one.person !== who) continue;
    if (navigator.onLine && one.task.until * 1000 < Date.now()) await shelf.drop("tasks", one.id);
    else found.push(one);
  }
  return found.sort((a, b) => a.task.until - b.task.until);
}

async function fetchAhead(campaign: string, who: string, person: string | null): Promise<void> {
  const headers: Record<string, string> = person ? { "x-contributor": person } : {};
  const body = { kind: "record", count: AHEAD };
  const told = await json<{ tasks: Task[] }>("POST", `/api/campaigns/${campaign}/tasks`, body, headers);
  for (const task of told.tasks) await again(task, campaign, who);
}
