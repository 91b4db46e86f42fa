import { differences } from "./person.mjs";

/** The story as text that stays, at the speed at which it happens. */
export class Transcript {
  #people;
  #shown;

  begin(people) {
    this.#people = people;
    this.#shown = people.map(() => new Map());
  }
  tell(title, words) {
    console.log(`\n== ${title}\n   ${words}`);
  }
  command(person, text) {
    console.log(`${person.name} ${text}`);
  }
  network() {}
  async keystroke() {}
  async pause() {}

  /** How it stands: what `plait status` says on either side, and the texts that changed. */
  async beat() {
    const texts = await Promise.all(this.#people.map((person) => person.texts()));
    const changed = new Set();
    texts.forEach((now, i) => {
      for (const name of differences(now, this.#shown[i])) changed.add(name);
    });
    for (const name of [...changed].sort()) {
      if (texts[0].get(name) === texts[1].get(name)) {
        this.#show("both", name, 0, texts[0]);
      } else {
        this.#people.forEach((person, i) => this.#show(person.name, name, i, texts[i]));
      }
    }
    for (const person of this.#people) {
      console.log(`${person.name} $ plait status: ${await person.status()}`);
    }
    this.#shown = texts;
  }

  #show(whose, name, i, texts) {
    const text = texts.get(name);
    if (text === undefined) return console.log(`  ${whose}, ${name}: not there`);
    console.log(`  ${whose}, ${name}:`);
    const before = new Set(this.#shown[i].get(name)?.split("\n"));
    for (const line of text.trimEnd().split("\n")) {
      console.log(`    ${before.has(line) ? "|" : "+"} ${line}`);
    }
  }

  end() {}
}
