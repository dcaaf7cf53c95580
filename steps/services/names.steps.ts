/** Sentences on the names of Services. */
import { Given, Then } from '../sentence.ts';
import * as names from './names.ts';

Given('the names of the cluster come from Pods in kube-system that are labelled {string}', names.needPods);

Then('{string} finds the Service {string} under {names}', names.expectServiceNames);
Then('{string} finds nothing under {string}', names.expectNothing);
Then('{string} finds the SRV record {string} under {string}', names.expectSrv);
Then('{string} finds SRV records of port {int} for {names} under {string}', names.expectSrvOfPods);
Then('{string} finds the addresses of {names} under {string}', names.expectAddresses);
Then('{string} finds {string} as the name of the address of the Service {string}', names.expectReverse);
Then('{string} resolves {string}', names.expectResolves, true);
Then('{string} no longer resolves {string}', names.expectResolves, false);
