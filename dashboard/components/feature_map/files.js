// Positions of the feature map, one file a step, each fetched once.

export class Positions {
  constructor(folder, onLoad) {
    this.folder = folder;
    this.onLoad = onLoad;
    this.asked = new Map();
    this.known = new Map();
  }

  // Return the positions of a step: int16, x and y by turns, in stored units; null if there are none.
  fetch(step) {
    if (!this.asked.has(step)) this.asked.set(step, this.read(step));
    return this.asked.get(step);
  }

  // Return them if they are here already.
  at(step) {
    return this.known.get(step);
  }

  async read(step) {
    try {
      const answer = await fetch(`${this.folder}/${step}.bin`);
      if (!answer.ok) throw new Error(answer.status);
      this.known.set(step, new Int16Array(await answer.arrayBuffer()));
      this.onLoad();
      return this.known.get(step);
    } catch {
      this.asked.delete(step);
      return null;
    }
  }
}
