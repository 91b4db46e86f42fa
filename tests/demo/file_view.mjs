/** How long something is new. */
const kNewMs = 4000;

/** A text, and since when each of its letters has been there. */
export class FileView {
  #letters = [];
  #since = [];

  /** The text is this now: what is between its old beginning and its old end is new. */
  show(text, now) {
    const letters = [...text];
    const old = this.#letters;
    const room = Math.min(old.length, letters.length);
    let before = 0;
    while (before < room && old[before] === letters[before]) before++;
    let behind = 0;
    while (behind < room - before && old.at(-1 - behind) === letters.at(-1 - behind)) behind++;
    const added = letters.slice(before, letters.length - behind);
    const removed = old.length - before - behind;
    this.#since.splice(before, removed, ...added.map(() => now));
    // Where something has gone, its neighbour shows it.
    if (removed > 0 && added.length === 0 && before > 0) this.#since[before - 1] = now;
    this.#letters = letters;
  }

  /** Its lines, each cut into pieces that are new and that are not. */
  lines(now) {
    const lines = [[]];
    this.#letters.forEach((letter, i) => {
      if (letter === "\n") {
        lines.push([]);
        return;
      }
      const isNew = now - this.#since[i] < kNewMs;
      const line = lines.at(-1);
      if (line.at(-1)?.isNew === isNew) line.at(-1).text += letter;
      else line.push({ text: letter, isNew });
    });
    if (lines.at(-1).length === 0) lines.pop();
    return lines;
  }
}
