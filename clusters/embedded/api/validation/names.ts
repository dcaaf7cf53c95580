/**
 * What names may look like. Each check returns its complaints, none for a good name.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/validation/validation.go
 */

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const patterns = {
  label: whole(label),
  subdomain: whole(subdomain),
  dns1035: whole(dns1035),
  qualified: whole(qualified),
  labelValue: whole(`(${qualified})?`),
  configKey: whole('[-._a-zA-Z0-9]+'),
  header: whole('[-A-Za-z0-9]+'),
};

// the two blanks are the real server's
const mismatch = (what: string, pattern: string, ...examples: string[]): string =>
  `${what} (e.g. ${examples.map((each) => `'${each}'`).join(',  or ')}, regex used for validation is '${pattern}')`;

const longerThan = (value: string, most: number): string[] =>
  value.length > most ? [`must be no more than ${most} characters`] : [];

export function dnsLabel(value: string): string[] {
  if (patterns.label.test(value)) return longerThan(value, 63);
  const shape = patterns.subdomain.test(value)
    ? 'must not contain dots'
    : mismatch(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
        label,
        'my-name',
        '123-abc',
      );
  return [...longerThan(value, 63), shape];
}

const subdomainMismatch = mismatch(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomain,
  'example.com',
);

export const dnsSubdomain = (value: string): string[] => [
  ...longerThan(value, 253),
  ...(patterns.subdomain.test(value) ? [] : [subdomainMismatch]),
];

const dns1035Mismatch = mismatch(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  dns1035,
  'my-name',
  'abc-123',
);

export const dns1035Label = (value: string): string[] => [
  ...longerThan(value, 63),
  ...(patterns.dns1035.test(value) ? [] : [dns1035Mismatch]),
];

const qualifiedMismatch = mismatch(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  qualified,
  'MyName',
  'my.name',
  '123-abc',
);

/** Of label keys, annotation keys and finalizers: a name, before it perhaps a DNS subdomain and a slash. */
export function qualifiedName(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2)
    return [
      `a qualified name ${qualifiedMismatch} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const name = parts.at(-1) as string;
  const complaints: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === '') complaints.push('prefix part must be non-empty');
    else complaints.push(...dnsSubdomain(parts[0] as string).map((each) => `prefix part ${each}`));
  }
  if (name === '') complaints.push('name part must be non-empty');
  else complaints.push(...longerThan(name, 63).map((each) => `name part ${each}`));
  if (!patterns.qualified.test(name)) complaints.push(`name part ${qualifiedMismatch}`);
  return complaints;
}

const labelValueMismatch = mismatch(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  `(${qualified})?`,
  'MyValue',
  'my_value',
  '12345',
);

export const labelValue = (value: string): string[] => [
  ...longerThan(value, 63),
  ...(patterns.labelValue.test(value) ? [] : [labelValueMismatch]),
];

export const portNumber = (value: number): string[] =>
  value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];

export function portName(value: string): string[] {
  const complaints = longerThan(value, 15);
  if (!/^[-a-z0-9]+$/.test(value))
    complaints.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) complaints.push('must contain at least one letter (a-z)');
  if (value.includes('--')) complaints.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) complaints.push('must not begin or end with a hyphen');
  return complaints;
}

export const portNumberOrName = (value: number | string): string[] =>
  typeof value === 'number' ? portNumber(value) : portName(value);

/** Since 1.34 anything printable but `=`. */
export const envName = (value: string): string[] =>
  /^[\x20-\x3c\x3e-\x7e]*$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

function upwards(value: string): string[] {
  if (value === '.') return ["must not be '.'"];
  if (value === '..') return ["must not be '..'"];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

const configKeyMismatch = mismatch(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
);

export const configKey = (value: string): string[] => [
  ...longerThan(value, 253),
  ...(patterns.configKey.test(value) ? [] : [configKeyMismatch]),
  ...upwards(value),
];

export const headerName = (value: string): string[] =>
  patterns.header.test(value)
    ? []
    : [
        mismatch(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          '[-A-Za-z0-9]+',
          'X-Header-Name',
        ),
      ];

/** RBAC names are path segments, and nothing more is asked of them. */
export function pathSegment(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((each) => value.includes(each)).map((each) => `may not contain '${each}'`);
}
