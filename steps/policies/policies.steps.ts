/** Sentences on NetworkPolicies and what they do. */
import { reportHeld } from '../held.ts';
import { Then, When } from '../sentence.ts';
import { hasHeard, neverHeard, startDialling } from './first-moment.ts';
import { applyPolicy, deletePolicy, replacePolicy } from './policies.ts';
import { passOn } from './reuse.ts';
import { noneGotThrough, startInBatches } from './starts.ts';

When('this policy is applied in namespace {string}:', applyPolicy);
When('the policy in namespace {string} is changed to:', replacePolicy);
When('the policy {string} of namespace {string} is deleted', deletePolicy);
When('these Pods start in namespace {string} and dial {string} from their first line on:', startDialling);
When(
  '{int} Pods labelled {labels} start in namespace {string}, dial {string} and {string}, which dials back',
  startInBatches,
);
When(
  'the Pod {string} is deleted, the Pod {string} ends, and their addresses go to new Pods labelled {labels}:',
  passOn,
);

Then('{string} has heard from {string}', hasHeard);
Then('{string} has never heard from {string}, which reaches {string}', neverHeard, 'it reaches');
Then('{string} has never heard from {string}, which {string} reaches', neverHeard, 'it is reached');
Then('not one packet got through to {string} or to one of them', noneGotThrough);
Then('it is reported what became of the connection that {string} held', reportHeld);
