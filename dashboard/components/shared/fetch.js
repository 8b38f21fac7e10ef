// @ts-check
// Ask our own server for files; in a file that was sent around they are inside.

/** @type {Map<string, string>} address -> data: address */
const carried = new Map();

/**
 * Keep files that the page brings along, so that nothing is asked of a server.
 * @param {{ [url: string]: string }} files address -> data: address
 */
export function carry(files) {
  for (const [url, content] of Object.entries(files)) carried.set(url, content);
}

/**
 * Return the answer for a file, or fail with a sentence.
 * @param {string} url
 */
export async function fetched(url) {
  const answer = await fetch(carried.get(url) ?? url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer;
}

/**
 * Return `load` with its last answers kept, because a published file never changes.
 * @template T
 * @param {(url: string) => Promise<T>} load
 * @param {number} count of answers kept
 */
export function remembered(load, count) {
  /** @type {Map<string, Promise<T>>} */
  const kept = new Map();
  return (/** @type {string} */ url) => {
    const known = kept.get(url);
    if (known) return known;
    const loading = load(url);
    loading.catch(() => kept.delete(url));
    kept.set(url, loading);
    if (kept.size > count) kept.delete([...kept.keys()][0]);
    return loading;
  };
}
