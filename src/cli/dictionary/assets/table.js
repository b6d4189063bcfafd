// Search, filters, order and pages of the table; what is chosen stands in the address, so that it can be linked to.
'use strict';

(() => {
  const rowsOfAPage = 100;
  const table = document.querySelector('table.dictionary');
  const form = document.querySelector('form.tools');
  const search = form.elements.q;
  const count = document.querySelector('p.count');
  const pager = document.querySelector('nav.pager');
  const headers = [...table.tHead.rows[0].cells];
  const total = table.tBodies[0].rows.length;

  // What a cell offers to filter by: its tags, or else its text.
  const valuesOf = (cell) => {
    const tags = [...cell.querySelectorAll('.tag')];
    return (tags.length ? tags : [cell]).map((part) => part.textContent.trim());
  };

  // A list to choose from, for a column with few different values.
  const makeFilter = (header) => {
    const column = header.cellIndex;
    const values = [...table.tBodies[0].rows].map((row) => valuesOf(row.cells[column]));
    const select = document.createElement('select');
    select.name = header.dataset.name;
    select.append(new Option('all', ''));
    for (const value of [...new Set(values.flat())].sort()) select.append(new Option(value || '(none)', `=${value}`));
    const label = document.createElement('label');
    label.append(header.textContent, select);
    form.querySelector('.filters').append(label);
    return { select, matches: (row) => !select.value || values[row].includes(select.value.slice(1)) };
  };

  const makeButton = (text, action) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.addEventListener('click', action);
    return button;
  };

  const filters = headers.filter((header) => 'filter' in header.dataset).map(makeFilter);
  $.fn.dataTable.ext.search.push((settings, texts, row) => filters.every((filter) => filter.matches(row)));

  // Headers are buttons, which every keyboard and screen reader knows.
  for (const header of headers) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...header.childNodes);
    header.append(button);
  }

  const data = $(table).DataTable({
    autoWidth: false, dom: 't', order: [], pageLength: rowsOfAPage, tabIndex: -1,
    language: { emptyTable: `There are no ${table.dataset.noun}.`, zeroRecords: `No ${table.dataset.noun} are like that.` },
  });

  const previous = makeButton('Previous', () => turn('previous'));
  const next = makeButton('Next', () => turn('next'));
  const place = document.createElement('span');
  pager.append(previous, place, next);

  function turn(page) {
    data.page(page).draw('page');
    table.scrollIntoView();
  }

  // Shows how much of the table there is to see.
  function showCount() {
    const info = data.page.info();
    count.textContent = info.recordsDisplay === total ? `${total} ${table.dataset.noun}` :
      `${info.recordsDisplay} of ${total} ${table.dataset.noun}`;
    place.textContent = `Page ${info.page + 1} of ${Math.max(info.pages, 1)}`;
    previous.disabled = info.page === 0;
    next.disabled = info.page + 1 >= info.pages;
    pager.hidden = info.pages < 2;
  }

  function address() {
    const state = new URLSearchParams();
    if (search.value) state.set('q', search.value);
    for (const { select } of filters) if (select.value) state.set(select.name, select.value.slice(1));
    for (const [column, direction] of data.order()) state.append('sort', `${headers[column].dataset.name}.${direction}`);
    if (data.page() > 0) state.set('page', data.page() + 1);
    return state.toString();
  }

  // Notes what is shown in the address, without a step in the browser's history.
  function note() {
    for (const header of headers) header.removeAttribute('aria-label');
    for (const { select } of filters) select.classList.toggle('chosen', select.value !== '');
    const state = address();
    if (state !== location.hash.slice(1)) history.replaceState(null, '', state ? `#${state}` : location.pathname);
    showCount();
  }

  // Shows what the address says.
  function restore() {
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get('q') ?? '';
    for (const { select } of filters) {
      select.value = state.has(select.name) ? `=${state.get(select.name)}` : '';
      if (select.selectedIndex < 0) select.value = '';
    }
    const order = state.getAll('sort').map((sort) => sort.split('.'))
      .map(([name, direction]) => [headers.findIndex((header) => header.dataset.name === name), direction])
      .filter(([column, direction]) => column >= 0 && (direction === 'asc' || direction === 'desc'));
    const page = Math.max(Number.parseInt(state.get('page'), 10) || 1, 1) - 1;
    data.search(search.value).order(order.length ? order : [[0, 'asc']]).draw();
    data.page(Math.min(page, Math.max(data.page.info().pages - 1, 0))).draw('page');
  }

  const choose = () => data.search(search.value).draw();
  search.addEventListener('input', choose);
  form.addEventListener('change', choose);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => {
    choose();
    search.focus();
  }));
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.matches('input, select, textarea');
    if (event.key !== '/' || isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  restore();
  note();
  data.on('draw', note);
  window.addEventListener('hashchange', () => {
    if (address() !== location.hash.slice(1)) restore();
  });
  form.hidden = false;
  count.hidden = false;
})();
