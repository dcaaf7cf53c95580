// Only for filtering: the page reads without it.
const bar = document.querySelector('.filters');
const rows = [...document.querySelectorAll('.feature-row')];

function filter(wanted) {
  let found = 0;
  for (const row of rows) {
    row.hidden = wanted !== '' && !row.dataset.flags.split(' ').includes(wanted);
    if (!row.hidden) found += 1;
  }
  for (const area of document.querySelectorAll('.area'))
    area.hidden = area.querySelector('.feature-row:not([hidden])') === null;
  for (const button of bar.querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(button.dataset.filter === wanted));
  document.querySelector('.versus .empty').hidden = found > 0;
  document.querySelector('#found').textContent = `${found} of ${rows.length} features shown`;
}

if (bar) {
  for (const button of bar.querySelectorAll('button'))
    button.addEventListener('click', () => filter(button.dataset.filter));
  bar.hidden = false;
}
