/** One thing that was given, as its giver sees it. */
export interface Submission {
  id: string;
  campaign: string;
  state: "waiting" | "disputed" | "accepted" | "surplus" | "refused" | "withdrawn";
  reason: string;
  measures: Record<string, number>;
  seconds: number;
  prompt: string | null;
  at: number;
  due: number | null;
  appeal: string | null;
  appealed: number | null;
  redo_of: string | null;
}
