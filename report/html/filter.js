// Only for filtering and opening: the page reads without it.
const bar = document.querySelector('.filters');
const search = bar?.querySelector('input');
const buttons = [...document.querySelectorAll('.filters button')];
const rows = [...document.querySelectorAll('[data-flags]')];
const said = document.querySelector('#found');
let wanted = '';

function filter() {
  const words = (search?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const row of rows) {
    const { flags, text = '' } = row.dataset;
    row.hidden = (wanted !== '' && !flags.split(' ').includes(wanted)) || !words.every((word) => text.includes(word));
    if (!row.hidden) found += 1;
  }
  for (const group of document.querySelectorAll('.group, .area'))
    group.hidden = group.querySelector('[data-flags]:not([hidden])') === null;
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.filter === wanted));
  document.querySelector('.empty').hidden = found > 0;
  said.textContent = `${found} of ${rows.length} ${said.dataset.of} shown`;
}

function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id === '' ? null : document.getElementById(id);
  if (!target?.matches('details.scenario')) return;
  if (target.hidden) {
    wanted = '';
    search.value = '';
    filter();
  }
  target.open = true;
  target.scrollIntoView();
}

for (const button of buttons) {
  button.addEventListener('click', () => {
    wanted = button.dataset.filter;
    filter();
  });
}
search?.addEventListener('input', filter);
addEventListener('hashchange', openTarget);
if (bar) bar.hidden = false;
openTarget();
