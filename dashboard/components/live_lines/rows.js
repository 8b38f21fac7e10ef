// Rows of metrics.jsonl as columns, kept across pages; each reading asks only for what is new.

const known = new Map();

/** Return {step: [...], "loss/...": [...]} of everything recorded under `url` so far. */
export async function readRows(url) {
  const rows = known.get(url) ?? { step: [] };
  known.set(url, rows);
  const since = rows.step.at(-1) ?? -1;
  const answer = await fetch(`${url}?since=${since}`);
  if (answer.status === 204) return rows;
  if (!answer.ok) throw new Error(`metrics answered ${answer.status}`);
  const columns = answer.headers.get("X-Columns").split(",");
  append(rows, columns, new Float32Array(await answer.arrayBuffer()), since);
  return rows;
}

/** Add what is newer than `since`; a column that was not there before is filled with NaN. */
function append(rows, columns, values, since) {
  const width = columns.length;
  if ((rows.step.at(-1) ?? -1) !== since) return;
  const before = rows.step.length;
  for (const name of columns) rows[name] ??= new Array(before).fill(NaN);
  for (let at = 0; at < values.length; at += width) {
    columns.forEach((name, i) => rows[name].push(values[at + i]));
  }
  const missing = Object.keys(rows).filter((name) => !columns.includes(name));
  for (const name of missing) {
    while (rows[name].length < rows.step.length) rows[name].push(NaN);
  }
}
