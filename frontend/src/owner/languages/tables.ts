/** Messages as CSV and as PO, for a translator without a net. */
type Messages = Record<string, string>;

/** Key, English, translation; a cell that a spreadsheet would run gets an apostrophe. */
export function csvOf(english: Messages, messages: Messages): string {
  const rows = [['key', 'english', 'translation'], ...Object.keys(english).sort().map((key) => [key, english[key]!, messages[key] ?? ''])];
  return '\ufeff' + rows.map((row) => row.map((cell) => `"${safe(cell).replaceAll('"', '""')}"`).join(',')).join('\r\n') + '\r\n';
}

export function poOf(english: Messages, messages: Messages, tag: string): string {
  const head = `msgid ""\nmsgstr ""\n"Language: ${tag}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n`;
  const entry = (key: string) => `msgctxt ${quoted(key)}\nmsgid ${quoted(english[key]!)}\nmsgstr ${quoted(messages[key] ?? '')}\n`;
  return [head, ...Object.keys(english).sort().map(entry)].join('\n');
}

/** The translations of a CSV or PO; keys that nobody knows are told and left out. */
export function readTable(text: string, name: string, english: Messages): { found: Messages; unknown: string[] } {
  const pairs = name.toLowerCase().endsWith('.po') ? ofPo(text) : ofCsv(text);
  const found: Messages = {};
  const unknown: string[] = [];
  for (const [key, value] of pairs) {
    if (!(key in english)) unknown.push(key);
    else if (value.trim()) found[key] = value;
  }
  return { found, unknown };
}

function ofCsv(text: string): [string, string][] {
  const rows = cells(text.replace(/^\ufeff/, ''));
  const head = rows.shift() ?? [];
  const [key, value] = [head.indexOf('key'), head.indexOf('translation')];
  return rows.filter((row) => row[key]).map((row) => [row[key]!, (row[value] ?? '').replace(/^'(?=[=+\-@|%])/, '')]);
}

function cells(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy;
  let found: RegExpExecArray | null;
  while (cell.lastIndex < text.length && (found = cell.exec(text))) {
    const inner = found[1]!;
    rows.at(-1)!.push(inner.startsWith('"') ? inner.slice(1, -1).replaceAll('""', '"') : inner);
    if (found[2] !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length);
}

function ofPo(text: string): [string, string][] {
  const found: [string, string][] = [];
  for (const block of text.replaceAll('\r\n', '\n').split(/\n\s*\n/)) {
    const fields: Messages = {};
    let current = '';
    for (const line of block.split('\n')) {
      const [, name, rest] = /^(msgctxt|msgid|msgstr)?\s*(".*")\s*$/.exec(line) ?? [];
      if (!rest) continue;
      current = name ?? current;
      fields[current] = (fields[current] ?? '') + unquoted(rest);
    }
    if (fields.msgctxt && !/^#,.*fuzzy/m.test(block)) found.push([fields.msgctxt, fields.msgstr ?? '']);
  }
  return found;
}

const safe = (cell: string): string => (/^\s*[=+\-@|%]/.test(cell) ? `'${cell}` : cell);
const quoted = (text: string): string => JSON.stringify(text);
function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
