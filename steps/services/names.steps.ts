/** Sentences on the names of Services. */
import { Given, Then } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import {
  expectAddresses,
  expectNothing,
  expectResolves,
  expectReverse,
  expectServiceNames,
  expectSrv,
  expectSrvOfPods,
  needNamesFromPods,
} from './names.ts';

Given('the names of the cluster come from Pods in kube-system that are labelled {string}', does(needNamesFromPods));

Then('{string} finds the Service {string} under {names}', does(expectServiceNames));
Then('{string} finds nothing under {string}', does(expectNothing));
Then('{string} finds the SRV record {string} under {string}', does(expectSrv));
Then('{string} finds SRV records of port {int} for {names} under {string}', does(expectSrvOfPods));
Then('{string} finds the addresses of {names} under {string}', does(expectAddresses));
Then('{string} finds {string} as the name of the address of the Service {string}', does(expectReverse));
Then(
  '{string} resolves {string}',
  does((world, client: string, service: string) => expectResolves(world, client, service, true)),
);
Then(
  '{string} no longer resolves {string}',
  does((world, client: string, service: string) => expectResolves(world, client, service, false)),
);
