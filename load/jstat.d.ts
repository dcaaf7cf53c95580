/** The little of jStat that is used here: it comes without types. */
declare module 'jstat' {
  const jStat: {
    mean(samples: readonly number[]): number;
    /** The two-sided interval of a mean by Student's t; `alpha`: the share outside of it. */
    tci(mean: number, alpha: number, samples: readonly number[]): [low: number, high: number];
    /** `inv`: the value below which a share of the distribution lies. */
    chisquare: { inv(share: number, freedom: number): number };
  };
  export default jStat;
}
