/** Versions of the CNI specification that this runtime speaks. */
const spoken = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];

export const atLeast = (version: string, floor: string): boolean => spoken.indexOf(version) >= spoken.indexOf(floor);

/** The newest of the offered versions that is spoken here. */
export const newestCommon = (offered: string[]): string | undefined =>
  spoken.findLast((version) => offered.includes(version));
