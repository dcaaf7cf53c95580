/** Server-side apply: who owns what. */
import { collect, type Step } from './case.ts';
import { configMap, deployment, good, main, selector, template } from './make.ts';

const { cases, add } = collect();

const by = (manager: string, more = ''): Pick<Step, 'type' | 'below'> => ({
  type: 'apply',
  below: `?fieldManager=${manager}${more}`,
});
const applied = (...labels: string[]) =>
  configMap({ name: 'x', labels: Object.fromEntries(labels.map((each) => [each, 'x'])) });
add(
  'apply',
  applied('a'),
  { ...by('one'), body: { ...applied('b'), data: { k: '1', l: '2' } } },
  { ...by('one'), body: { ...applied('c'), data: { k: '3' } } },
  { ...by('two'), body: { ...applied('c'), data: { k: '3' } } },
  { ...by('one'), body: applied('a') },
  { ...by('three'), body: { ...applied(), data: { k: '4' } } },
  { ...by('three', '&force=true'), body: { ...applied(), data: { k: '4' } } },
  { ...by('two'), body: applied('d') },
  { ...by('three'), body: applied() },
  { type: 'apply', body: applied('d') },
  { ...by('four'), body: { ...applied(), metadata: { name: 'y' } } },
  { ...by('four'), body: { ...applied(), dataa: { x: 'y' } } },
  { ...by('four', '&fieldValidation=Strict'), body: { ...applied(), dataa: { x: 'y' } } },
  { ...by('four'), body: { ...applied(), kind: 'Pod' } },
);
cases.push({
  name: 'Deployment: applied from the start',
  kind: 'Deployment',
  steps: [
    { method: 'PATCH', ...by('one'), body: deployment({ ...good, replicas: 2 }) },
    { method: 'PATCH', below: '/scale?fieldManager=scaler', body: { spec: { replicas: 3 } } },
    { method: 'PATCH', ...by('one'), body: deployment({ ...good, replicas: 2 }) },
    { method: 'PATCH', ...by('one'), body: deployment(good) },
    {
      method: 'PATCH',
      ...by('one'),
      body: deployment({
        selector,
        template: template(
          { a: 'b' },
          {
            containers: [
              {
                ...main,
                ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
                env: [{ name: 'A', value: '1' }],
              },
              { name: 'side', image: 'x' },
            ],
          },
        ),
      }),
    },
    {
      method: 'PATCH',
      ...by('two'),
      body: deployment({ template: { spec: { containers: [{ name: 'main', env: [{ name: 'B', value: '2' }] }] } } }),
    },
    {
      method: 'PATCH',
      ...by('one'),
      body: deployment({
        selector,
        template: template({ a: 'b' }, { containers: [{ ...main, ports: [{ containerPort: 80 }] }] }),
      }),
    },
    {
      method: 'PATCH',
      ...by('two'),
      body: deployment({ template: { spec: { containers: [{ name: 'main', image: 'node:25' }] } } }),
    },
    {
      method: 'PATCH',
      below: '/status?fieldManager=three',
      type: 'apply',
      body: { ...deployment(undefined), status: { replicas: 1, conditions: [{ type: 'Available', status: 'True' }] } },
    },
    { method: 'PATCH', ...by('two', '&force=true'), body: deployment({ selector: { matchLabels: { a: 'c' } } }) },
  ],
});

export { cases as apply };
