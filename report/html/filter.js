// Only for filtering and opening: the page reads without it.
const bar = document.querySelector('.filters');
const search = bar.querySelector('input');
const buttons = [...bar.querySelectorAll('button[data-status]')];
const scenarios = [...document.querySelectorAll('details.scenario')];
const groups = [...document.querySelectorAll('.group')];
const empty = document.querySelector('.empty');
const said = document.querySelector('#found');
let status = '';

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const scenario of scenarios) {
    const text = scenario.dataset.text;
    const shown = (status === '' || scenario.dataset.status === status) && words.every((word) => text.includes(word));
    scenario.hidden = !shown;
    if (shown) found += 1;
  }
  for (const group of groups) group.hidden = group.querySelector('details.scenario:not([hidden])') === null;
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.status === status));
  empty.hidden = found > 0;
  said.textContent = `${found} of ${scenarios.length} scenarios shown`;
}

function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id === '' ? null : document.getElementById(id);
  if (!target?.matches('details.scenario')) return;
  if (target.hidden) {
    status = '';
    search.value = '';
    filter();
  }
  target.open = true;
  target.scrollIntoView();
}

for (const button of buttons) {
  button.addEventListener('click', () => {
    status = button.dataset.status;
    filter();
  });
}
search.addEventListener('input', filter);
addEventListener('hashchange', openTarget);
bar.hidden = false;
openTarget();
