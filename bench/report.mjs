// How results are kept: figures in results.json, tables in README.md, plots beside it. Nothing there is typed in.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { init } from 'echarts';

const place = (file) => new URL(file, import.meta.url);

/** The middle of some figures, and how far they spread. */
export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], low: sorted[0], high: sorted.at(-1) };
}

/** A summary as text: the median, and in brackets the least and the most. */
export function toText({ median, low, high }, digits = 2) {
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

export function toTable([titles, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Replaces what stands between the marks of a name in a page. */
export function writeBetweenMarks(page, name, text) {
  const path = place(page);
  const [before, , after] = readFileSync(path, 'utf8').split(new RegExp(`<!-- ${name} -->\\n|<!-- end of ${name} -->`));
  if (after === undefined) throw new Error(`${page} has no marks for ${name}.`);
  writeFileSync(path, `${before}<!-- ${name} -->\n\n${text}\n\n<!-- end of ${name} -->${after}`);
}

/** Puts the results of one command onto the page, and its figures beside it. */
export function report(name, text, figures) {
  const when = `Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}.`;
  console.log(`\n${name}\n\n${text}`);
  writeBetweenMarks('README.md', name, `${text}\n\n${when}`);
  const path = place('results.json');
  const all = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  writeFileSync(path, `${JSON.stringify({ ...all, [name]: figures }, undefined, 2)}\n`);
}

function draw(name, height, option) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 760, height });
  chart.setOption({ animation: false, backgroundColor: '#fff', ...option });
  writeFileSync(place(`plots/${name}.svg`), `${chart.renderToSVGString()}\n`);
  chart.dispose();
}

/** Draws a bar for each summary, with its spread; ours stand out. */
export function plotBars(name, title, rows) {
  const spread = {
    type: 'custom',
    z: 3,
    data: rows.map(({ low, high }, index) => [index, low, high]),
    renderItem(_, api) {
      const [left, y] = api.coord([api.value(1), api.value(0)]);
      const [right] = api.coord([api.value(2), api.value(0)]);
      const line = (x1, y1, x2, y2) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: '#222', lineWidth: 1 },
      });
      return {
        type: 'group',
        children: [line(left, y, right, y), line(left, y - 4, left, y + 4), line(right, y - 4, right, y + 4)],
      };
    },
  };
  draw(name, 90 + 30 * rows.length, {
    title: { text: title, textStyle: { fontSize: 14 } },
    grid: { left: 260, right: 70, top: 40, bottom: 30 },
    xAxis: { type: 'value', min: 0, max: Math.ceil(Math.max(...rows.map(({ median, high = median }) => high))) },
    yAxis: { type: 'category', inverse: true, data: rows.map(({ label }) => label) },
    series: [
      {
        type: 'bar',
        barWidth: 16,
        data: rows.map(({ label, median }) => ({
          value: Number(median.toPrecision(3)),
          itemStyle: { color: label.startsWith('tokenwright') ? '#7fb2e5' : '#b0b7c3' },
        })),
        label: { show: true, position: 'insideLeft', color: '#111' },
      },
      ...(rows.some(({ low }) => low !== undefined) ? [spread] : []),
    ],
  });
}

/** Draws lines over steps that double. */
export function plotLines(name, title, xName, yName, lines) {
  draw(name, 360, {
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    legend: { top: 28, left: 'center' },
    grid: { left: 80, right: 40, top: 80, bottom: 50 },
    xAxis: {
      type: 'category',
      data: Object.values(lines)[0].map(([x]) => x.toLocaleString('en')),
      name: xName,
      nameLocation: 'middle',
      nameGap: 30,
    },
    yAxis: { type: 'value', name: yName, min: 0 },
    series: Object.entries(lines).map(([label, points]) => ({
      type: 'line',
      name: label,
      data: points.map(([, y]) => Number(y.toPrecision(3))),
    })),
  });
}
