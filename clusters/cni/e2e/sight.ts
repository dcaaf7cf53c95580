/** What inside.ts saw, as it prints it. */
export interface Sight {
  /** From the first step to every node Ready, and to four Pods ready. */
  readyMs: number;
  podsMs: number;
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
