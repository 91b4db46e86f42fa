import assert from "node:assert/strict";
import { until } from "../interop/daemon/place.mjs";
import { Relay } from "../interop/lib/relay.mjs";
import { differences } from "./person.mjs";

const kSoup = "1 onion\n2 carrots\nsalt\n";
const kBread = "500 g flour\nwater\n";

const kInStep = /^in step$/;
const kServing = /^in step, served here$/;
const kAway = /^connecting, \d+ edits? not saved/;
const kDead = /^no daemon runs/;

/**
 * What happens between two people who share a folder. Each step waits until what it says has come
 * true, on both disks and in the words of `plait status`; one that never does ends the story.
 */
export class Story {
  #ann;
  #ben;
  #stage;
  #relay = null;
  /** What has come true so far. */
  checks = 0;

  constructor(ann, ben, stage) {
    [this.#ann, this.#ben, this.#stage] = [ann, ben, stage];
  }

  async play() {
    this.#stage.begin([this.#ann, this.#ben]);
    const link = await this.#share();
    await this.#join(link);
    await this.#programs();
    await this.#git();
    await this.#editors();
    await this.#cut();
    await this.#killGuest();
    await this.#killSharer();
    await this.#end();
  }

  // The scenes -----------------------------------------------------------------------------

  async #share() {
    const ann = this.#ann;
    ann.writes("bread.md", kBread);
    ann.writes("soup.md", kSoup);
    await this.#tell("Ann shares a folder", "No account and no server: one command prints a link.");
    await this.#says(ann, kDead);
    const link = new URL(await ann.plait("share", ann.folder, "--host", "127.0.0.1"));
    this.#relay = await Relay.start(Number(link.port));
    link.port = this.#relay.port;
    await this.#says(ann, kServing);
    await this.#rest(3);
    return link.href;
  }

  async #join(link) {
    const ben = this.#ben;
    await this.#tell(
      "Ben joins",
      "As on another machine, with a PLAIT_HOME of his own. Everything comes to his disk.",
    );
    await ben.plait("join", link, ben.folder);
    await this.#agree();
    await this.#rest(3);
  }

  async #programs() {
    await this.#tell(
      "Programs write files",
      "Nobody has an editor open. What sed changes on one side is on the other a moment later.",
    );
    await this.#ann.runs("sed -i 's/1 onion/3 onions/' soup.md");
    await this.#agree();
    await this.#rest(3);
    await this.#ben.runs("sed -i 's/water/warm water/' bread.md");
    await this.#agree();
    await this.#rest(3);
  }

  async #git() {
    const ann = this.#ann;
    await this.#tell(
      "Ann changes the branch",
      "git checkout writes files, and Ben has them too, with no repository at all on his side.",
    );
    await ann.runs("git init -qb main && git add . && git commit -qm soup");
    await ann.runs("git checkout -qb winter");
    await ann.runs("echo '1 pumpkin' >> soup.md && echo beans > stew.md");
    await ann.runs("git add . && git commit -qm winter");
    await this.#agree("stew.md");
    await this.#rest(4);
    await ann.runs("git checkout -q main");
    await this.#agree();
    assert(!(await this.#ben.texts()).has("stew.md"));
    await this.#rest(3);
    await ann.runs("git checkout -q winter");
    await this.#agree("stew.md");
    await this.#rest(3);
  }

  async #editors() {
    const [ann, ben] = [this.#ann, this.#ben];
    await this.#tell(
      "Both type in one file",
      "Two editors, one text: each sees the other's letters as they are typed.",
    );
    await Promise.all([ann.opens("soup.md"), ben.opens("soup.md")]);
    await this.#rest(1);
    await Promise.all([
      ann.types("3 onions", ", in rings"),
      ben.types("2 carrots", ", slcied\b\b\b\biced thin"),
    ]);
    await this.#agree("soup.md", /3 onions, in rings\n2 carrots, sliced thin\n/);
    await this.#rest(2);
    await Promise.all([ann.saves(), ben.saves()]);
    await this.#agree();
    await this.#rest(1);
  }

  async #cut() {
    const [ann, ben] = [this.#ann, this.#ben];
    await this.#tell("The network is cut", "Both go on. `plait status` says what is not across.");
    this.#relay.cut();
    this.#stage.network(false);
    await ben.runs("sed -i 's/salt/sea salt/' soup.md");
    await ann.runs("sed -i 's/beans/white beans/' stew.md");
    await this.#says(ben, kAway);
    await this.#says(ann, kServing);
    await this.#rest(3);
    await ann.runs("sed -i 's/1 pumpkin/2 pumpkins/' soup.md");
    await this.#differ();
    await this.#rest(2);
    await this.#tell("The network is back", "Ben's daemon tries again by itself, and all is merged.");
    await this.#relay.mend();
    this.#stage.network(true);
    await this.#agree("soup.md", /sea salt\n2 pumpkins\n/);
    await this.#rest(3);
  }

  async #killGuest() {
    const ben = this.#ben;
    await this.#tell(
      "Ben's daemon is killed while he types",
      "kill -9, in the middle of a word. His editor goes on, and starts another one.",
    );
    await ben.opens("bread.md");
    await ben.types("500 g flour", ", half of it r");
    const killed = await ben.killsTheDaemon();
    await ben.types(", half of it r", "ye, sifted");
    await ben.hasAnotherDaemon(killed);
    await this.#agree("bread.md", /500 g flour, half of it rye, sifted\n/);
    await this.#rest(2);
    await ben.saves();
    await this.#agree();
    await this.#rest(1);
  }

  async #killSharer() {
    const [ann, ben] = [this.#ann, this.#ben];
    await this.#tell(
      "Ann's daemon is killed too",
      "It served the folder. Nobody loses anything: both go on, each on their own disk.",
    );
    await ann.killsTheDaemon();
    await this.#says(ann, kDead);
    await ann.runs("sed -i 's/white/red/' stew.md");
    await ben.runs("echo 'yeast' >> bread.md");
    await this.#says(ben, kAway);
    await this.#differ();
    await this.#rest(3);
    await this.#tell("Ann starts it again", "The same address, the same link: Ben finds his way back.");
    await ann.plait("daemon");
    await this.#says(ann, kServing);
    await this.#agree("bread.md", /yeast\n/);
    await this.#rest(3);
  }

  async #end() {
    await this.#tell("In the end", "Both folders are equal, and nothing that was typed is lost.");
    await this.#agree("stew.md", /red beans\n/);
    const { size } = await this.#ann.texts();
    assert(size === 3, `there are ${size} files`);
    await this.#rest(3);
  }

  // What they are made of ------------------------------------------------------------------

  async #tell(title, words) {
    this.#stage.tell(title, words);
    await this.#stage.pause(2);
  }

  /** Time to look at what has happened. */
  async #rest(seconds) {
    await this.#stage.beat();
    await this.#stage.pause(seconds);
  }

  async #says(person, words) {
    let said;
    await until(
      async () => words.test((said = await person.status())),
      `${person.name}'s status says ${words}`,
    ).catch((error) => {
      throw new Error(`${error.message}; it says: ${said}`);
    });
    this.checks++;
  }

  /** Both have the same, a file among it, and status says so. */
  async #agree(file, words = /^/) {
    const [ann, ben] = [this.#ann, this.#ben];
    let both;
    await until(async () => {
      both = await Promise.all([ann.texts(), ben.texts()]);
      const isThere = file === undefined || words.test(both[0].get(file) ?? "");
      return isThere && differences(...both).length === 0;
    }, "both have the same").catch((error) => {
      const texts = both.map((each) => JSON.stringify([...each], null, 1));
      throw new Error(`${error.message}, ${file} with ${words}\n${texts.join("\n")}`);
    });
    this.checks++;
    await this.#says(ann, kServing);
    await this.#says(ben, kInStep);
  }

  async #differ() {
    const [hers, his] = await Promise.all([this.#ann.texts(), this.#ben.texts()]);
    assert(differences(hers, his).length > 0, "with nothing in between, the folders differ");
    this.checks++;
  }
}
