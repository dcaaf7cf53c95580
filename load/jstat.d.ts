/** The few of jStat's distributions that are used here: it comes without types. */
declare module 'jstat' {
  interface Distribution {
    /** The value below which a share of the distribution lies. */
    inv(share: number, freedom: number): number;
  }
  const jStat: { studentt: Distribution; chisquare: Distribution };
  export default jStat;
}
