/**
 * Real `plait editor` and `plait daemon` processes: how they find each other, what becomes of an
 * editor whose daemon is killed, who is kept out, and how folders are kept in step. See README.md.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readOptions } from "./lib/options.mjs";
import { Place } from "./daemon/place.mjs";
import { commandLineStories } from "./daemon/command_line_stories.mjs";
import { folderStories } from "./daemon/folder_stories.mjs";
import { networkStories } from "./daemon/network_stories.mjs";
import { peopleStories } from "./daemon/people_stories.mjs";
import { stories } from "./daemon/stories.mjs";

const kUsage = `usage: node daemon.mjs [--plait PATH] [--only WORDS]
  --plait PATH  the program (build/release/bin/plait)
  --only WORDS  stories with these words in their names`;

const options = readOptions(kUsage, {
  plait: {
    default: fileURLToPath(new URL("../../build/release/bin/plait", import.meta.url)),
  },
  only: { default: "" },
});
if (!existsSync(options.plait)) {
  console.error(`there is no program at ${options.plait}; build it, or name it with --plait`);
  process.exit(2);
}

const totals = { passed: 0, failed: 0 };
const all = {
  ...stories,
  ...commandLineStories,
  ...folderStories,
  ...networkStories,
  ...peopleStories,
};
for (const [name, story] of Object.entries(all)) {
  if (!name.includes(options.only)) continue;
  const place = new Place(resolve(options.plait));
  try {
    await story(place);
    totals.passed++;
    console.log(`passed: ${name}`);
  } catch (error) {
    totals.failed++;
    console.log(`FAILED: ${name}\n${error.stack}\n${place.log()}`);
  }
  await place.clean();
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1);
