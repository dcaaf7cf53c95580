import { type Envelope, type Hook, HookType, TestStepResultStatus } from '@cucumber/messages';
import type { Scenario } from './model.ts';
import { oneLine } from './safe.ts';
import { firstSentence } from './steps.ts';

/** What breaks outside of scenarios, or after one had its verdict: nobody would see it in the list of scenarios. */
export function createProblems() {
  const seen = new Set<string>();
  const hooks = new Map<string, Hook>();
  const runHooks = new Map<string, string>();
  let success: boolean | undefined;
  const add = (problem: string): void => void seen.add(oneLine(problem));

  return {
    add,
    envelope(envelope: Envelope): void {
      const { parseError, undefinedParameterType, hook } = envelope;
      const { testRunHookStarted, testRunHookFinished, testRunFinished } = envelope;
      if (parseError) add(`${parseError.source.uri ?? 'a feature file'} cannot be read: ${parseError.message}`);
      if (undefinedParameterType) {
        add(
          `the sentence "${undefinedParameterType.expression}" uses the unknown parameter ` +
            `{${undefinedParameterType.name}}`,
        );
      }
      if (hook) hooks.set(hook.id, hook);
      if (testRunHookStarted) runHooks.set(testRunHookStarted.id, testRunHookStarted.hookId);
      if (testRunHookFinished && testRunHookFinished.result.status !== TestStepResultStatus.PASSED) {
        const { exception, message, status } = testRunHookFinished.result;
        const name = hookName(hooks.get(runHooks.get(testRunHookFinished.testRunHookStartedId) ?? ''));
        add(`${name} broke: ${firstSentence(exception?.message ?? message ?? status)}`);
      }
      if (testRunFinished) {
        success = testRunFinished.success;
        if (testRunFinished.exception)
          add(`cucumber broke: ${testRunFinished.exception.message ?? testRunFinished.exception.type}`);
      }
    },
    /** All of them, and those that only show when the results are in. */
    of(scenarios: readonly Scenario[], interrupted: boolean): string[] {
      const found = [...seen, ...scenarios.flatMap(afterTheVerdict)];
      if (interrupted) return found;
      if (scenarios.length === 0 && found.length === 0) found.push('no scenario ran');
      if (success === undefined) found.push('cucumber did not say that the run had ended');
      else if (!success && found.length === 0 && !scenarios.some(explainsFailure))
        found.push('cucumber says that the run failed, and no result says why');
      return found;
    },
  };
}

function hookName(hook: Hook | undefined): string {
  const when = hook?.type === HookType.AFTER_TEST_RUN ? 'AfterAll' : 'BeforeAll';
  const where = hook?.sourceReference.uri
    ? ` (${hook.sourceReference.uri}:${hook.sourceReference.location?.line ?? '?'})`
    : '';
  return `${when}${hook?.name ? ` "${hook.name}"` : ''}${where}`;
}

/** Cucumber counts as failed what is observed and failed; a pass never explains a failed run. */
function explainsFailure({ status, steps }: Scenario): boolean {
  return status !== 'passed' && (status !== 'observed' || steps?.some((step) => step.status === 'failed') === true);
}

/** A failed scenario stays failed when its clean-up breaks; that it broke is said here. */
function afterTheVerdict({ name, status, steps }: Scenario): string[] {
  if (status === 'broken') return [];
  const late = steps?.filter((step) => step.status === 'broken') ?? [];
  return late.map((step) => oneLine(`${name}: ${step.text} broke: ${firstSentence(step.error ?? '')}`));
}
