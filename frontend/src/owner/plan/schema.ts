/** What of a JSON Schema a form needs: the field's kind, its words, and what is inside it. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  description?: string;
  minimum?: number;
}
export type Kind = 'text' | 'number' | 'switch' | 'choice' | 'words' | 'section' | 'sections' | 'other';
export interface Shape {
  kind: Kind;
  schema: Schema;
  choices: string[];
  says: string;
}

export function shape(schema: Schema, root: Schema, value: unknown): Shape {
  let found = resolve(schema, root);
  const says = schema.description ?? found.description ?? '';
  if (found.anyOf) {
    const ways = found.anyOf.map((one) => resolve(one, root)).filter((one) => one.type !== 'null');
    found = ways.find((one) => fits(one, value)) ?? ways[0] ?? {};
  }
  const choices = (found.enum ?? []).map(String);
  return { kind: kindOf(found, root, choices), schema: found, choices, says };
}

function kindOf(found: Schema, root: Schema, choices: string[]): Kind {
  if (choices.length) return 'choice';
  if (found.type === 'object') return found.properties ? 'section' : 'other';
  if (found.type === 'array') {
    const inner = resolve(found.items ?? {}, root);
    if (inner.properties || inner.anyOf?.some((one) => resolve(one, root).properties)) return 'sections';
    return 'words';
  }
  if (found.type === 'boolean') return 'switch';
  if (found.type === 'number' || found.type === 'integer') return 'number';
  return found.type === 'string' ? 'text' : 'other';
}

function resolve(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return name ? (root.$defs?.[name] ?? {}) : schema;
}

function fits(schema: Schema, value: unknown): boolean {
  if (Array.isArray(value)) return schema.type === 'array';
  if (value !== null && typeof value === 'object') return schema.type === 'object';
  if (typeof value === 'number') return schema.type === 'number' || schema.type === 'integer';
  if (typeof value === 'string') return schema.type === 'string' || schema.enum !== undefined;
  return typeof value === 'boolean' ? schema.type === 'boolean' : false;
}

/** The path as findings name it: targets.groups[1].by. */
export function dotted(path: (string | number)[]): string {
  return path.reduce<string>((all, part) => (typeof part === 'number' ? `${all}[${part}]` : all ? `${all}.${part}` : part), '');
}
