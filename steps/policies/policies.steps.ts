/** Sentences on NetworkPolicies and what they do. */
import { Then, When } from '@cucumber/cucumber';
import { reportHeld } from '../held.ts';
import { does } from '../sentence.ts';
import { hasHeard, neverHeard, startDialling } from './first-moment.ts';
import { applyPolicy, deletePolicy, replacePolicy } from './policies.ts';
import { passOn } from './reuse.ts';
import { noneGotThrough, startInBatches } from './starts.ts';

When('this policy is applied in namespace {string}:', does(applyPolicy));
When('the policy in namespace {string} is changed to:', does(replacePolicy));
When('the policy {string} of namespace {string} is deleted', does(deletePolicy));
When('these Pods start in namespace {string} and dial {string} from their first line on:', does(startDialling));
When(
  '{int} Pods labelled {labels} start in namespace {string}, dial {string} and {string}, which dials back',
  does(startInBatches),
);
When(
  'the Pod {string} is deleted, the Pod {string} ends, and their addresses go to new Pods labelled {labels}:',
  does(passOn),
);

Then('{string} has heard from {string}', does(hasHeard));
Then('{string} has never heard from {string}, which reaches {string}', does(neverHeard, 'it reaches'));
Then('{string} has never heard from {string}, which {string} reaches', does(neverHeard, 'it is reached'));
Then('not one packet got through to {string} or to one of them', does(noneGotThrough));
Then('it is reported what became of the connection that {string} held', does(reportHeld));
