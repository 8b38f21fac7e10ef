// @ts-check
// Rows of metrics.jsonl as columns, kept across pages; each reading asks only for what is new.

/** @typedef {import("./types.js").Rows} Rows */

/** @type {Map<string, Rows>} */
const known = new Map();

/** @type {Map<string, Set<string>>} */
const scalars = new Map();

/**
 * Return the names of what is recorded under an address, as far as rows were read.
 * @param {string} url
 */
export function scalarsOf(url) {
  return [...(scalars.get(url) ?? [])].sort();
}

/**
 * Return everything recorded under an address so far: the losses, and one scalar more.
 * @param {string} url
 * @param {string} chosen name of a scalar, "" for none
 */
export async function readRows(url, chosen) {
  const asked = JSON.stringify([url, chosen]);
  const rows = known.get(asked) ?? { step: [] };
  known.set(asked, rows);
  const since = rows.step.at(-1) ?? -1;
  const answer = await fetch(`${url}?since=${since}&of=${encodeURIComponent(chosen)}`);
  if (answer.status === 204) return rows;
  if (!answer.ok) throw new Error(`metrics answered ${answer.status}`);
  const columns = names(answer, "X-Columns");
  scalars.set(url, new Set([...scalarsOf(url), ...names(answer, "X-Scalars")]));
  const values = new Float32Array(await answer.arrayBuffer());
  // Another reading may have added the same rows in the meantime.
  if ((rows.step.at(-1) ?? -1) === since) addRows(rows, columns, values);
  return rows;
}

/**
 * @param {Response} answer
 * @param {string} header
 */
function names(answer, header) {
  const text = answer.headers.get(header) ?? "";
  return text ? text.split(",").map(decodeURIComponent) : [];
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
