/** What inside.ts saw, as it prints it. */
export interface Sight {
  /** Milliseconds from the first step to every node Ready, to four Pods ready, to DNS available. */
  readyMs: number;
  podsMs: number;
  dnsMs: number;
  client: { name: string; node: string; ip: string };
  servers: { name: string; node: string; ip: string }[];
  /** Server Pod -> what it answered at its own address: `name address-it-was-asked-from`. */
  direct: Record<string, string>;
  byAddress: string;
  byShortName: string;
  byFullName: string;
  api: string;
  missing: string;
}
