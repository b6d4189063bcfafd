// Draws the table of days as bars, in the colours of the page.
'use strict';

(() => {
  const holder = document.querySelector('.chart');
  const rows = [...document.querySelectorAll('table.days tbody tr')];
  const days = rows.map((row) => row.cells[0].textContent);
  const numbers = rows.map((row) => row.cells[1].dataset.number).map((text) => (text ? Number(text) : null));
  const unit = document.querySelector('table.days caption').textContent;
  let chart;

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Labels name the day without its year.
  const axes = () => ({
    x: { grid: { display: false }, ticks: { color: color('--quiet'), maxRotation: 0, autoSkipPadding: 16,
      callback: (value) => days[value].slice(5, 10) } },
    y: { beginAtZero: true, suggestedMax: 1, grid: { color: color('--line') }, ticks: { color: color('--quiet'), precision: 0 } },
  });

  function draw() {
    chart?.destroy();
    chart = new Chart(holder.querySelector('canvas'), {
      type: 'bar',
      data: { labels: days, datasets: [{
        label: unit.split(' on ')[0],
        data: numbers,
        backgroundColor: rows.map((row) => color(row.classList.contains('today') ? '--bar-today' : '--bar')),
        borderRadius: 2,
        maxBarThickness: 24,
      }] },
      options: { animation: false, locale: 'en', maintainAspectRatio: false, plugins: { legend: { display: false } }, scales: axes() },
    });
  }

  holder.hidden = false;
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
