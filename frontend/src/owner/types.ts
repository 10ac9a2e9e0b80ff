/** What the server tells those who run a campaign. */
export type Groups = Record<string, string>;
export interface Cell {
  by: Groups;
  target: number;
  collected: number;
  kept: number;
  accepted: number;
  reserved: number;
  missing: number;
}
export interface Coverage {
  unit: string;
  at: number;
  cells: Cell[];
}
export interface Campaign {
  id: string;
  title: string;
  state: string;
  door: string;
  source: string;
  open: boolean;
  at: number;
  places: number | null;
  languages: string[];
  currency: string;
  pay_sample: number;
  pay_check: number;
  pay_hour: number;
  settings: Record<string, unknown>;
  submissions: Record<string, number>;
  may: string[];
}
export interface Submission {
  id: string;
  state: string;
  reason: string;
  seconds: number | null;
  at: number;
  due: number;
  measures: Record<string, unknown>;
  prompt: unknown;
  appeal?: string | null;
}
export interface Sample {
  id: string;
  source: string;
  key: string;
  modality: string;
  media_type: string | null;
  has_bytes: boolean;
  text: string | null;
  label: string | null;
  contributor: string | null;
  attributes: Record<string, string | number | null>;
  verdict: string | null;
  operator: string | null;
  reason: string | null;
  measure: string | null;
  value: string | null;
  threshold: string | null;
  by: string | null;
}
export interface Finding {
  line: number;
  column: number;
  field: string;
  value: string;
  message: string;
  fix: string;
}
export interface PlanAnswer {
  text: string;
  hash: string;
  mistakes: Finding[];
  warnings: Finding[];
}
export interface Run {
  id: string;
  stage: string;
  at: number;
  state: string;
  code: number | null;
  log?: string;
  answer?: unknown;
}
