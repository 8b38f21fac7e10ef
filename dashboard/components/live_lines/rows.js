// @ts-check
// Rows of metrics.jsonl as columns, kept across pages; each reading asks only for what is new.

/** @typedef {import("./types.js").Rows} Rows */

/** @type {Map<string, Rows>} */
const known = new Map();

/**
 * Return everything recorded under an address so far.
 * @param {string} url
 */
export async function readRows(url) {
  const rows = known.get(url) ?? { step: [] };
  known.set(url, rows);
  const since = rows.step.at(-1) ?? -1;
  const answer = await fetch(`${url}?since=${since}`);
  if (answer.status === 204) return rows;
  if (!answer.ok) throw new Error(`metrics answered ${answer.status}`);
  const columns = (answer.headers.get("X-Columns") ?? "").split(",").map(decodeURIComponent);
  const values = new Float32Array(await answer.arrayBuffer());
  // Another reading may have added the same rows in the meantime.
  if ((rows.step.at(-1) ?? -1) === since) addRows(rows, columns, values);
  return rows;
}

/**
 * Add rows; what a row or an older row does not have is NaN.
 * @param {Rows} rows
 * @param {string[]} columns names, "step" among them
 * @param {Float32Array} values row by row, (R * columns,)
 */
export function addRows(rows, columns, values) {
  const before = rows.step.length;
  for (const name of columns) rows[name] ??= new Array(before).fill(NaN);
  const added = Math.floor(values.length / columns.length);
  for (const [name, column] of Object.entries(rows)) {
    const place = columns.indexOf(name);
    for (let row = 0; row < added; row++) {
      column.push(place < 0 ? NaN : values[row * columns.length + place]);
    }
  }
}
