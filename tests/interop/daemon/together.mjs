import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { OpenBuffer } from "./buffer.mjs";
import { until } from "./place.mjs";

export const uriOf = (path) => pathToFileURL(path).href;

/** A folder on one machine, as a person looks at it. */
export class Folder {
  constructor(path) {
    this.path = path;
    mkdirSync(path, { recursive: true });
  }
  at(name) {
    return join(this.path, name);
  }
  write(name, content) {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
  }
  read(name) {
    return existsSync(this.at(name)) ? readFileSync(this.at(name)) : null;
  }
  async gets(name, content) {
    const wanted = Buffer.from(content);
    await until(() => this.read(name)?.equals(wanted), `${name} arrives in ${this.path}`);
  }
  async loses(name) {
    await until(() => !existsSync(this.at(name)), `${name} goes from ${this.path}`);
  }
}

/** Ann shares a folder from her machine, and Bob joins it from his: with the link as it is to him. */
export async function together(place, files, linkFor = (invite) => invite) {
  const ann = place.editor();
  const bobs = place.neighbour();
  const bob = bobs.editor();
  await Promise.all([ann.initialize("Ann"), bob.initialize("Bob")]);
  const hers = new Folder(join(place.folder, "hers"));
  const his = new Folder(join(bobs.folder, "his"));
  for (const [name, content] of Object.entries(files)) hers.write(name, content);
  const shared = await ann.call("workspace/share", {
    folder: uriOf(hers.path),
    host: "127.0.0.1",
  });
  const invite = await linkFor(shared.invite);
  const joined = await bob.call("workspace/join", { invite, folder: uriOf(his.path) });
  for (const [name, content] of Object.entries(files)) await his.gets(name, content);
  return { ann, bob, hers, his, bobs, invite, shared, joined };
}

/** Both have the file open. */
export async function pair({ ann, bob, hers, his }, name) {
  return Promise.all([
    OpenBuffer.open(ann, hers.at(name)),
    OpenBuffer.open(bob, his.at(name)),
  ]);
}

export async function agree(...buffers) {
  await until(async () => {
    const texts = await Promise.all(buffers.map((buffer) => buffer.read()));
    return texts.every((text) => text === texts[0]);
  }, "all texts are equal");
  return buffers[0].text;
}

export const count = (text, letter) => text.split(letter).length - 1;
