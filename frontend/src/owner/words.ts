/** Numbers, money, times and groups in the reader's own writing. */
import type { Cell, Groups } from './types';

export function number(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
}

/** Minor units as an amount; the currency itself says how many digits they are. */
export function money(minor: number, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'code' });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

export function time(seconds: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(seconds * 1000);
}

export function group(by: Groups, all: string): string {
  return Object.values(by).join(' × ') || all;
}

/** What is shown of a prompt, however it was kept. */
export function promptWords(prompt: unknown): string {
  if (typeof prompt === 'string') return prompt;
  const text = (prompt as { text?: unknown } | null)?.text;
  return typeof text === 'string' ? text : '';
}

/** Cells by the attributes that they are about, in the plan's order. */
export function byShape(cells: Cell[]): [string, Cell[]][] {
  const found = new Map<string, Cell[]>();
  for (const cell of cells) {
    const names = Object.keys(cell.by).join('\t');
    found.set(names, [...(found.get(names) ?? []), cell]);
  }
  return [...found];
}

/** A label as people write it: it is kept as JSON. */
export function labelWords(label: string | null): string {
  if (!label) return '';
  try {
    const value: unknown = JSON.parse(label);
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(', ') : typeof value === 'string' ? value : label;
  } catch {
    return label;
  }
}
