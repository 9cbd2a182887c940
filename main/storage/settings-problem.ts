// zod's findings in settings, in words and with the path as people write it: `monitors[2].interval: must be …`.
import type { z } from 'zod';
import { FaultError } from '../../shared/fault.ts';
import type { SettingsProblem } from '../../shared/settings-view.ts';
import { keysAt, settingsJsonSchema } from './json-schema.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
type Finding = SettingsProblem;

/** Every finding with its place: what `settingsFault` tells the first few of. At most 100, as long as the contract lets them be. */
export function settingsProblems(value: unknown, error: z.ZodError, schema: z.ZodType): SettingsProblem[] {
  return findingsOf(value, error, schema)
    .slice(0, 100)
    .map(({ path, message }) => ({ path: path.slice(0, 500), message: message.slice(0, 1_000) }));
}

/** The first few findings; the file is unchanged and older settings keep running. */
export function settingsFault(file: string, value: unknown, error: z.ZodError, schema: z.ZodType): FaultError {
  const findings = findingsOf(value, error, schema);
  const shown = findings
    .slice(0, 3)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ');
  const more = findings.length > 3 ? `; and ${findings.length - 3} more` : '';
  return new FaultError({
    code: 'settings-invalid',
    message: `${file}: ${shown}${more}.`.slice(0, 1_000),
    next: `Correct ${findings.length === 1 ? 'it' : 'them'} in the file and try again; nothing was changed.`,
    cause: error,
  });
}

function findingsOf(value: unknown, error: z.ZodError, schema: z.ZodType): Finding[] {
  return worthTelling(error.issues).flatMap((issue) => explain(issue, [], value, schema));
}

/** Of several rules that one value breaks, the first says enough: "soon" need not also be at least a second. */
function worthTelling(issues: readonly Issue[]): Issue[] {
  const same = (a: Issue, b: Issue): boolean =>
    a.code === 'custom' && b.code === 'custom' && settingsPath(a.path) === settingsPath(b.path);
  return issues.filter((issue, index) => !issues.slice(0, index).some((earlier) => same(earlier, issue)));
}

function explain(issue: Issue, base: Path, root: unknown, schema: z.ZodType): Finding[] {
  const path = [...base, ...issue.path];
  const say = (message: string): Finding => ({ path: settingsPath(path), message });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => say(`unknown key "${key}"${suggestion(key, path, schema)}`));
    case 'invalid_union':
      return explainUnion(issue, path, root, schema);
    case 'invalid_type':
      return [say(valueAt(root, path) === undefined ? 'is missing' : `must be ${article(issue.expected)}`)];
    case 'invalid_value':
      return [say(`must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`)];
    case 'invalid_format':
      return [say(issue.format === 'url' ? 'must be an address such as https://example.com/' : lowered(issue.message))];
    default:
      return [say(lowered(issue.message))];
  }
}

function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, root: unknown, schema: z.ZodType): Finding[] {
  if ('options' in issue && Array.isArray(issue.options)) {
    return [{ path: settingsPath(path), message: `must be ${issue.options.map((value) => JSON.stringify(value)).join(', ')}` }];
  }
  // Of several forms, the one that fits best is what was meant: the one whose findings lie deepest inside.
  const depth = (findings: readonly Issue[]): number => Math.max(0, ...findings.map((finding) => finding.path.length));
  const [best] = [...issue.errors].sort((a, b) => Number(wrongType(a)) - Number(wrongType(b)) || depth(b) - depth(a));
  return best && best.length > 0
    ? best.flatMap((finding) => explain(finding, path, root, schema))
    : [{ path: settingsPath(path), message: lowered(issue.message) }];
}

/** The form expects another type of value altogether (a string where an object stands). */
function wrongType(findings: readonly Issue[]): boolean {
  return findings.some((finding) => finding.code === 'invalid_type' && finding.path.length === 0);
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}

/** `monitors[2].interval`, or nothing for the file as a whole. */
export function settingsPath(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '');
}

const article = (type: string): string => (/^[aeio]/.test(type) ? `an ${type}` : `a ${type}`);
const lowered = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

function suggestion(key: string, path: Path, schema: z.ZodType): string {
  const known = keysAt(settingsJsonSchema(schema), path);
  const [best] = known.map((name) => ({ name, distance: distance(key, name) })).sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(key.length / 3)) ? `; did you mean "${best.name}"?` : '';
}

/** Edits between two short words, ignoring case; two letters swapped are one edit (optimal string alignment). */
function distance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()];
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = cell(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1]);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(i - 2, j - 2) + 1 : replaced;
      rows[i]?.push(Math.min(replaced, swapped, cell(i - 1, j) + 1, cell(i, j - 1) + 1));
    }
  }
  return cell(a.length, b.length);
}
