import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { until } from "./place.mjs";

/** A script of a shell in which `plait` is ours. */
function shell(place, script, variables = {}) {
  const env = { ...place.environment, ...variables };
  const text = `plait() { "${place.program}" "$@"; }; ${script}`;
  return new Promise((resolve) => {
    execFile("bash", ["-c", text], { cwd: place.folder, env }, (error, out, notes) => {
      resolve({ code: error ? error.code : 0, out, notes });
    });
  });
}

/** The same on a terminal, where somebody types an answer once a prompt is there. */
function onTerminal(place, command, prompt, answer) {
  const child = spawn("script", ["-qefc", command, "/dev/null"], { env: place.environment });
  let shown = "";
  child.stdout.on("data", (bytes) => {
    const isNew = !shown.includes(prompt);
    shown += bytes;
    if (isNew && shown.includes(prompt)) child.stdin.write(answer);
  });
  return new Promise((resolve) => child.on("exit", (code) => resolve({ code, shown })));
}

function write(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

async function share(place, files, ...options) {
  const folder = join(place.folder, "garden");
  write(folder, files);
  const { code, out, notes } = await place.run(
    "share", folder, "--host", "127.0.0.1", ...options,
  );
  assert.equal(code, 0, notes);
  return { folder, link: out.trim() };
}

const modeOf = (path) => statSync(path).mode & 0o777;

export const commandLineStories = {
  async "nobody shares the key of his own machine"(place) {
    mkdirSync(join(place.home, "log"), { recursive: true, mode: 0o700 });
    for (const folder of ["/", place.folder, place.home, join(place.home, "log")]) {
      for (const dry of [[], ["--dry-run"]]) {
        const { code, notes } = await place.run("share", folder, ...dry);
        assert.equal(code, 1, folder);
        assert.match(notes, /cannot be shared: Plait's own files/);
      }
    }
  },

  async "what is said wrongly is told from what went wrong"(place) {
    writeFileSync(join(place.folder, "file"), "");
    const codes = async (...args) => (await place.run(...args)).code;
    assert.equal(await codes(), 2);
    assert.equal(await codes("share", "--uses", "0"), 2);
    assert.equal(await codes("plant"), 2);
    assert.equal(await codes("share", join(place.folder, "file")), 1);
    assert.equal(await codes("--version"), 0);
  },

  async "whoever has joined has the files, made as his umask says"(place) {
    const { link } = await share(place, { "a.txt": "text\n", run: "#!/bin/sh\n" });
    const his = place.neighbour();
    const script = `umask 027; plait join "${link}" new/deep && cat new/deep/a.txt`;
    const { code, out, notes } = await shell(his, script);
    assert.equal(code, 0, notes);
    assert.equal(out, "text\n");
    assert.equal(modeOf(join(his.folder, "new")), 0o750);
    assert.equal(modeOf(join(his.folder, "new/deep")), 0o750);
    assert.equal(modeOf(join(his.folder, "new/deep/a.txt")), 0o640);
    assert.equal(modeOf(join(his.home, "device.key")), 0o600);
  },

  async "who cannot join is left with no folder"(place) {
    const { link } = await share(place, { "a.txt": "text\n" });
    const his = place.neighbour();
    const folder = join(his.folder, "new");
    const joined = await his.run("join", link.replace(/:\d+\//, ":1/"), folder);
    assert.equal(joined.code, 1);
    assert.match(joined.notes, /refused/);
    assert(!existsSync(folder));
    mkdirSync(folder);
    await his.run("join", link.replace(/:\d+\//, ":1/"), folder);
    assert(existsSync(folder), "it was there before");
    assert.equal((await his.run("join", link, folder)).code, 0);
    assert.equal((await his.run("leave", folder)).code, 0);
    const again = await his.run("leave", folder);
    assert.equal(again.code, 1);
    assert.match(again.notes, /not shared/);
  },

  async "a password is typed unseen, or is in the environment"(place) {
    const folder = join(place.folder, "garden");
    write(folder, { "a.txt": "text\n" });
    const command = `"${place.program}" share "${folder}" --host 127.0.0.1 --password`;
    const { code, shown } = await onTerminal(place, command, "join: ", "sesame\r");
    assert.equal(code, 0, shown);
    assert(!shown.includes("sesame"));
    const link = shown.match(/plait:\/\/\S+/)[0];

    const his = place.neighbour();
    const joining = `"${place.program}" join "${link}" "${his.folder}/g"`;
    const wrong = await onTerminal(his, joining, "invite: ", "open\r");
    assert.equal(wrong.code, 1);
    assert.match(wrong.shown, /wants a password, or another one/);
    // Whoever goes away at the prompt finds a terminal that shows what is typed.
    const gone = await onTerminal(his, `trap : INT; ${joining}; stty -a`, "invite: ", "\x03");
    assert.match(gone.shown, / echo /);
    assert(!existsSync(join(his.folder, "g")));
    const right = await onTerminal(his, joining, "invite: ", "sesame\r");
    assert.equal(right.code, 0, right.shown);
    assert(!right.shown.includes("sesame"));
    assert.equal(readFileSync(join(his.folder, "g/a.txt"), "utf8"), "text\n");

    const hers = place.neighbour();
    const asked = await shell(hers, `plait join "${link}" g </dev/null`);
    assert.equal(asked.code, 1);
    const said = await shell(hers, `plait join "${link}" g`, { PLAIT_PASSWORD: "sesame" });
    assert.equal(said.code, 0, said.notes);
  },

  async "a dry run goes by the rules that the folder has"(place) {
    const { folder } = await share(place, { "a.txt": "a\n", "b.txt": "b\n" });
    const rules = join(place.home, "rules");
    const [workspace] = readdirSync(rules);
    writeFileSync(join(rules, workspace, "own-rules"), "b.txt\n");
    const { code, out, notes } = await place.run("share", folder, "--dry-run");
    assert.equal(code, 0, notes);
    assert.equal(out, "a.txt\n");
    assert.match(notes, /not shared: b\.txt/);
    assert.deepEqual(readdirSync(rules), [workspace]);
  },

  async "what programs do while no daemon runs is merged when one does"(place) {
    const { folder, link } = await share(place, { "a.txt": "one\ntwo\n" });
    const his = place.neighbour();
    const copy = join(his.folder, "copy");
    assert.equal((await his.run("join", link, copy)).code, 0);
    process.kill(await place.theDaemon(), "SIGKILL");
    await place.noDaemon();
    writeFileSync(join(folder, "a.txt"), "one\ntwo\nhers\n");
    writeFileSync(join(copy, "a.txt"), "his\none\ntwo\n");
    assert.equal((await place.run("daemon")).code, 0);
    const merged = "his\none\ntwo\nhers\n";
    for (const path of [folder, copy]) {
      await until(
        () => readFileSync(join(path, "a.txt"), "utf8") === merged,
        `both edits are in ${path}`,
      );
    }
    await until(
      async () => / in step +\d/.test((await his.run("status")).out),
      "status says that it is in step",
    );
  },

  async "the doctor follows the way to a server step by step"(place) {
    const { link } = await share(place, { "a.txt": "text\n" });
    const found = async (target) => {
      const findings = JSON.parse((await place.run("doctor", "--json", target)).out);
      return new Map(findings.map((finding) => [finding.about, finding]));
    };
    const fine = await found(link);
    for (const about of ["connection", "certificate", "TLS", "server", "clock"]) {
      assert.equal(fine.get(about)?.verdict, "fine", about);
    }
    assert.match(fine.get("certificate").text, /good until \d{4}-/);
    const { host } = new URL(link);
    const unknown = await found(host);
    assert.equal(unknown.get("connection").verdict, "fine");
    assert.equal(unknown.get("TLS").verdict, "wrong");
    assert.match(unknown.get("TLS").fix, /use a link/);
    const nobody = await found("nobody.invalid");
    assert.equal(nobody.get("name").verdict, "wrong");
    assert.equal(nobody.get("connection"), undefined);
    const other = await found(link.replace(/\.[0-9a-f]{64}$/, `.${"0".repeat(64)}`));
    assert.match(other.get("TLS").fix, /another server/);
  },
};
