/**
 * What names may look like.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/validation/validation.go
 */

/** The complaints about a value; none for a good one. */
// biome-ignore lint/suspicious/noExplicitAny: values of all types are checked
export type Check = (value: any) => string[];

const complaints = (...rules: [broken: boolean, complaint: string][]): string[] =>
  rules.filter(([broken]) => broken).map(([, complaint]) => complaint);

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const tooLong = (value: string, most: number): [boolean, string] => [
  value.length > most,
  `must be no more than ${most} characters`,
];

/** What is said of a value that does not match the pattern. The two blanks are the real server's. */
const mismatch = (what: string, pattern: string, examples: string[]): string =>
  `${what} (e.g. ${examples.map((each) => `'${each}'`).join(',  or ')}, regex used for validation is '${pattern}')`;

/** The check of a name with at most so many characters that must match the pattern as a whole: `what` says how. */
export function shape(most: number, pattern: string, what: string, ...examples: string[]): Check {
  const whole = new RegExp(`^${pattern}$`);
  const complaint = mismatch(what, pattern, examples);
  return (value: string) => complaints(tooLong(value, most), [!whole.test(value), complaint]);
}

const ends = 'must start and end with an alphanumeric character';
const words = `consist of alphanumeric characters, '-', '_' or '.'`;
const lower = 'must consist of lower case alphanumeric characters';

const undottedLabel = shape(63, label, `a lowercase RFC 1123 label ${lower} or '-', and ${ends}`, 'my-name', '123-abc');
const dotted = new RegExp(`^${label}(\\.${label})+$`);

export const dnsLabel: Check = (value: string) =>
  dotted.test(value) ? complaints(tooLong(value, 63), [true, 'must not contain dots']) : undottedLabel(value);

const subdomain = `a lowercase RFC 1123 subdomain ${lower}, '-' or '.', and ${ends}`;
export const dnsSubdomain = shape(253, `${label}(\\.${label})*`, subdomain, 'example.com');

const letterFirst = 'start with an alphabetic character, and end with an alphanumeric character';
const dns1035 = `a DNS-1035 label ${lower} or '-', ${letterFirst}`;
export const dns1035Label = shape(63, '[a-z]([-a-z0-9]*[a-z0-9])?', dns1035, 'my-name', 'abc-123');

const orEmpty = `a valid label must be an empty string or ${words}, and ${ends}`;
export const labelValue = shape(63, `(${qualified})?`, orEmpty, 'MyValue', 'my_value', '12345');

const qualifiedMismatch = mismatch(`must ${words}, and ${ends}`, qualified, ['MyName', 'my.name', '123-abc']);
const qualifiedWhole = new RegExp(`^${qualified}$`);

/** Of label keys, annotation keys and finalizers: a name, before it perhaps a DNS subdomain and a slash. */
export const qualifiedName: Check = (value: string) => {
  const [name = '', prefix, ...more] = value.split('/').toReversed();
  if (more.length > 0)
    return [
      `a qualified name ${qualifiedMismatch} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const [tooMany, most] = tooLong(name, 63);
  return [
    ...(prefix ? dnsSubdomain(prefix).map((each) => `prefix part ${each}`) : []),
    ...complaints(
      [prefix === '', 'prefix part must be non-empty'],
      [name === '', 'name part must be non-empty'],
      [tooMany, `name part ${most}`],
      [!qualifiedWhole.test(name), `name part ${qualifiedMismatch}`],
    ),
  ];
};

export const portNumber: Check = (value: number) =>
  value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];

export const portName: Check = (value: string) =>
  complaints(
    tooLong(value, 15),
    [!/^[-a-z0-9]+$/.test(value), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
    [!/[a-z]/.test(value), 'must contain at least one letter (a-z)'],
    [value.includes('--'), 'must not contain consecutive hyphens'],
    [/^-|-$/.test(value), 'must not begin or end with a hyphen'],
  );

export const portNumberOrName: Check = (value: number | string) =>
  typeof value === 'number' ? portNumber(value) : portName(value);

/** Since 1.34 anything printable but `=`. */
export const envName: Check = (value: string) =>
  /^[\x20-\x3c\x3e-\x7e]*$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

const keyMust = `a valid config key must ${words}`;
const configKeyShape = shape(253, '[-._a-zA-Z0-9]+', keyMust, 'key.name', 'KEY_NAME', 'key-name');

export const configKey: Check = (value: string) => [
  ...configKeyShape(value),
  ...complaints(
    [value === '.' || value === '..', `must not be '${value}'`],
    [value.startsWith('..') && value !== '..', "must not start with '..'"],
  ),
];

const headerMust = "a valid HTTP header must consist of alphanumeric characters or '-'";
export const headerName = shape(Infinity, '[-A-Za-z0-9]+', headerMust, 'X-Header-Name');

/** RBAC names are path segments, and nothing more is asked of them. */
export const pathSegment: Check = (value: string) =>
  value === '.' || value === '..'
    ? [`may not be '${value}'`]
    : complaints([value.includes('/'), "may not contain '/'"], [value.includes('%'), "may not contain '%'"]);

export const withoutParent: Check = (path: string) =>
  complaints([path.split('/').includes('..'), "must not contain '..'"]);

export const relativePath: Check = (path: string) => [
  ...complaints([path.startsWith('/'), 'must be a relative path']),
  ...withoutParent(path),
];
