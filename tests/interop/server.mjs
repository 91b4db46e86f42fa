/**
 * Real y-websocket providers against a real `plait serve`, over TLS: people who type at once, a
 * server that is killed and started again, members with tokens, and `plait admin`. See
 * README.md.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readOptions } from "./lib/options.mjs";
import { Plait } from "./server/plait.mjs";
import { memberStories } from "./server/members.mjs";
import { stories } from "./server/stories.mjs";

const kUsage = `usage: node server.mjs [--plait PATH] [--only WORDS]
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
const all = [
  ...Object.entries(stories).map((story) => [...story, { open: true }]),
  ...Object.entries(memberStories).map((story) => [...story, { open: false }]),
];
for (const [name, story, how] of all) {
  if (!name.includes(options.only)) continue;
  const plait = new Plait(options.plait, how);
  try {
    await plait.start();
    await story(plait);
    totals.passed++;
    console.log(`passed: ${name}`);
  } catch (error) {
    totals.failed++;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
  await plait.clean();
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1); // providers of a story that failed still reconnect
