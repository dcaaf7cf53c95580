/** The k6-operator, which makes several k6 Pods of one TestRun: https://github.com/grafana/k6-operator */
export { installOperator, servesTestRuns } from './install.ts';
export { operatorObjects, operatorRelease } from './release.ts';
