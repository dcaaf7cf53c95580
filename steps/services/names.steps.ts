/** Sentences on the names of Services. */
import { Given, Then } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import * as names from './names.ts';

Given(
  'the names of the cluster come from Pods in kube-system that are labelled {string}',
  does(names.needNamesFromPods),
);

Then('{string} finds the Service {string} under {names}', does(names.expectServiceNames));
Then('{string} finds nothing under {string}', does(names.expectNothing));
Then('{string} finds the SRV record {string} under {string}', does(names.expectSrv));
Then('{string} finds SRV records of port {int} for {names} under {string}', does(names.expectSrvOfPods));
Then('{string} finds the addresses of {names} under {string}', does(names.expectAddresses));
Then('{string} finds {string} as the name of the address of the Service {string}', does(names.expectReverse));
Then('{string} resolves {string}', does(names.expectResolves, true));
Then('{string} no longer resolves {string}', does(names.expectResolves, false));
