import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { FakeDaemon, hello } from "./fake_daemon.mjs";
import { framed, Frames } from "./frames.mjs";
import { until } from "./place.mjs";

const kDaemonEnded = -32003;
const kUri = "file:///tmp/plait/a.txt";

/** What an older daemon says to an editor until it is killed. */
function answersAsAnEditorsDaemon(message) {
  switch (message.method) {
    case "daemon/hello":
      return hello("9.0.0");
    case "initialize":
      return { result: { protocolVersion: 1, positionEncoding: "utf-16" } };
    case "workspace/open":
      return { result: { workspace: { id: "w1", folder: message.params.folder } } };
    case "document/open":
      return { result: { epoch: 7, readOnly: false } };
  }
}

export const stories = {
  async "an editor finds no daemon, and starts one"(place) {
    const editor = place.editor();
    const reply = await editor.initialize();
    assert.equal(reply.protocolVersion, 1);
    assert.equal(reply.server.name, "plait");
    assert.deepEqual(await editor.call("workspace/list"), { workspaces: [] });
    assert.equal(statSync(place.home).mode & 0o777, 0o700);
    assert.equal(statSync(place.socket).mode & 0o777, 0o600);
    assert.equal(editor.errors, "");
  },

  async "ten editors at once get one daemon"(place) {
    const editors = Array.from({ length: 10 }, () => place.editor());
    await Promise.all(editors.map((editor) => editor.initialize()));
    assert.equal(place.begun, 1);
    assert(editors.every((editor) => editor.errors === ""));
  },

  async "the daemon is killed, and the editor goes on"(place) {
    const editor = place.editor();
    await editor.initialize();
    const first = await place.theDaemon();
    process.kill(first, "SIGKILL");
    // By itself: the editor says nothing meanwhile.
    await until(async () => ![null, first].includes(await place.daemon()), "another one is there");
    assert.deepEqual(await editor.call("workspace/list"), { workspaces: [] });
    assert.equal(editor.heard.length, 2, "the answer to the second initialize is nobody's");
    assert.equal(editor.errors, "");
  },

  async "a new daemon is told what the editor had open, and the editor what to do"(place) {
    const old = await FakeDaemon.start(place, answersAsAnEditorsDaemon);
    const editor = place.editor();
    await editor.initialize();
    await editor.call("workspace/open", { folder: "file:///tmp/plait" });
    await editor.call("document/open", { uri: kUri, text: "abc" });
    const lost = editor.asks("chat/history", { workspaceId: "w1" });
    await until(() => old.asked("chat/history").length === 1, "the daemon is asked");
    old.end();
    const next = await FakeDaemon.start(place, answersAsAnEditorsDaemon);
    assert.equal((await editor.answer(lost)).error.code, kDaemonEnded);
    const stale = await until(
      () => editor.heard.find((message) => message.method === "document/stale"),
      "the editor is asked to resync",
    );
    assert.equal(stale.params.uri, kUri);
    assert.equal(stale.params.epoch, 7);
    assert.deepEqual(next.asked("initialize"), old.asked("initialize"));
    assert.deepEqual(next.asked("workspace/open")[0].params, { folder: "file:///tmp/plait" });
    next.end();
  },

  async "a daemon that ends again and again is given up, in words"(place) {
    const editor = place.editor();
    await editor.initialize();
    let killed = 0;
    const killer = (async () => {
      let over = false;
      editor.ended.then(() => (over = true));
      while (!over) {
        const pid = await place.daemon();
        if (pid) {
          process.kill(pid, "SIGKILL");
          killed++;
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    assert.equal(await editor.ended, 1);
    await killer;
    assert.match(editor.errors, /^plait editor: the daemon .*\n$/);
    assert(killed > 1);
  },

  async "an older daemon makes way for a newer program"(place) {
    const old = await FakeDaemon.start(place, (message, fake) => {
      if (message.method === "daemon/hello") return hello("0.0.1");
      if (message.method === "daemon/stop") setImmediate(() => fake.end());
      return { result: {} };
    });
    const editor = place.editor();
    const reply = await editor.initialize();
    assert.notEqual(reply.server.version, "0.0.1");
    assert.equal(old.asked("daemon/stop").length, 1);
    assert.equal(old.asked("initialize").length, 0);
    await place.theDaemon();
  },

  async "a newer daemon with the same protocol is good enough"(place) {
    const newer = await FakeDaemon.start(place, answersAsAnEditorsDaemon);
    const editor = place.editor();
    await editor.initialize();
    assert.equal(newer.asked("daemon/stop").length, 0);
    newer.end();
  },

  async "a newer daemon with another protocol is named, and left alone"(place) {
    const newer = await FakeDaemon.start(place, () => hello("9.0.0", 2));
    const editor = place.editor();
    assert.equal(await editor.ended, 1);
    assert.match(editor.errors, /version 9\.0\.0/);
    newer.end();
  },

  async "a home may lie deep"(place) {
    place.home = join(place.folder, "x".repeat(100), "y".repeat(100));
    const editor = place.editor();
    await editor.initialize();
    await place.theDaemon();
  },

  async "a socket that was left behind is in nobody's way"(place) {
    mkdirSync(place.home, { mode: 0o700 });
    execFileSync("python3", [
      "-c",
      "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
      place.socket,
    ]);
    assert(existsSync(place.socket));
    const editor = place.editor();
    await editor.initialize();
    await place.theDaemon();
  },

  async "another user's home is refused"(place) {
    if (process.getuid() !== 0) return; // who else could give a folder away
    mkdirSync(place.home, { mode: 0o700 });
    chownSync(place.home, 12345, 12345);
    const editor = place.editor();
    assert.equal(await editor.ended, 1);
    assert.match(editor.errors, /another user's/);
    assert.equal((await place.run("daemon")).code, 1);
  },

  async "a home that is open to others and holds other things is refused"(place) {
    mkdirSync(place.home);
    chmodSync(place.home, 0o755);
    writeFileSync(join(place.home, "thesis.txt"), "");
    const { code, notes } = await place.run("daemon");
    assert.equal(code, 1);
    assert.match(notes, /chmod 700/);
    assert.equal(statSync(place.home).mode & 0o777, 0o755);
  },

  async "closing its end ends the bridge, and not the daemon"(place) {
    const editor = place.editor();
    await editor.initialize();
    const pid = await place.theDaemon();
    editor.closesItsEnd();
    assert.equal(await editor.ended, 1, "as exit without shutdown");
    assert.equal(await place.theDaemon(), pid);
    const polite = place.editor();
    await polite.initialize();
    assert.equal(await polite.call("shutdown"), null);
    polite.says("exit");
    assert.equal(await polite.ended, 0);
  },

  async "what was asked before the end is still answered"(place) {
    const editor = place.editor();
    const id = editor.asks("initialize", {
      protocolVersion: 1,
      client: { name: "scripted", version: "1" },
    });
    editor.closesItsEnd();
    assert((await editor.answer(id)).result);
    await editor.ended;
  },

  async "what is no frame ends the bridge with a line"(place) {
    for (const noise of ["GET / HTTP/1.1\r\n\r\n", "Content-Length: 33554433\r\n\r\n"]) {
      const editor = place.editor();
      editor.write(noise);
      assert.equal(await editor.ended, 1);
      assert.match(editor.errors, /^plait editor: .*\n$/);
      assert.equal(editor.heard.length, 0);
    }
  },

  async "what is no message is answered, and the connection goes on"(place) {
    const editor = place.editor();
    editor.write("Content-Length: 5\r\n\r\n{nope");
    await until(() => editor.heard.length === 1, "an answer comes");
    assert.equal(editor.heard[0].error.code, -32700);
    await editor.initialize();
  },

  async "signals end the bridge"(place) {
    for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]]) {
      const editor = place.editor();
      await editor.initialize();
      editor.kill(signal);
      assert.equal(await editor.ended, code);
    }
  },

  async "a daemon that nobody needs ends, and leaves no socket"(place) {
    const ran = place.run("daemon", "--foreground", "--idle-exit", "0.2");
    await until(() => existsSync(place.socket), "it listens");
    const editor = place.editor();
    await editor.initialize();
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert(await place.daemon(), "as long as an editor is there");
    editor.closesItsEnd();
    assert.equal((await ran).code, 0);
    assert(!existsSync(place.socket));
  },

  async "SIGTERM ends a daemon well"(place) {
    assert.equal((await place.run("daemon")).code, 0);
    const pid = await place.theDaemon();
    const second = await place.run("daemon");
    assert.equal(second.code, 1);
    assert.match(second.notes, /runs already/);
    process.kill(pid, "SIGTERM");
    await place.noDaemon();
    assert(!existsSync(place.socket));
    assert.match(place.log(), /the daemon ends/);
  },

  async "a stranger on the socket gets nothing"(place) {
    assert.equal((await place.run("daemon")).code, 0);
    const socket = connect(place.socket);
    const ended = new Promise((resolve) => socket.on("close", resolve));
    let heard = "";
    socket.on("data", (bytes) => (heard += bytes));
    socket.write('Content-Length: 44\r\n\r\n{"jsonrpc":"2.0","id":1,"method":"shutdown"}');
    await ended;
    assert.equal(heard, "");
  },

  async "files serve as standard input and output too"(place) {
    const said = join(place.folder, "said");
    const heard = join(place.folder, "heard");
    const params = { protocolVersion: 1, client: { name: "scripted", version: "1" } };
    writeFileSync(said, framed({ jsonrpc: "2.0", id: 1, method: "initialize", params }));
    execFileSync("sh", ["-c", `"$0" editor < "${said}" > "${heard}" || true`, place.program], {
      env: place.environment,
    });
    const answers = [];
    new Frames((message) => answers.push(message)).feed(readFileSync(heard));
    assert.equal(answers.length, 1);
    assert.equal(answers[0].result.protocolVersion, 1);
  },

  async "a large message passes whole, and slowly if need be"(place) {
    const large = "x".repeat(8_000_000);
    const daemon = await FakeDaemon.start(place, (message) =>
      message.method === "chat/send"
        ? { result: { echo: message.params.text } }
        : answersAsAnEditorsDaemon(message),
    );
    const editor = place.editor();
    await editor.initialize();
    const answers = [1, 2, 3].map(() => editor.asks("chat/send", { text: large }));
    for (const id of answers) assert.equal((await editor.answer(id)).result.echo, large);
    daemon.end();
  },

  async "status says what there is, and starts nothing"(place) {
    const { code, out } = await place.run("status");
    assert.equal(code, 0);
    assert.match(out, /no daemon runs/);
    assert.deepEqual(JSON.parse((await place.run("status", "--json")).out), {
      daemon: null,
      workspaces: [],
    });
    assert.equal(await place.daemon(), null);
    await place.run("daemon");
    const status = JSON.parse((await place.run("status", "--json")).out);
    assert.equal(status.daemon.process, await place.theDaemon());
    assert.deepEqual(status.workspaces, []);
  },

  async "what cannot be shared or joined is said in words"(place) {
    const wrong = async (words, ...args) => {
      const { code, out, notes } = await place.run(...args);
      assert.notEqual(code, 0, args.join(" "));
      assert.equal(out, "");
      assert.match(notes, words);
    };
    await wrong(/no folder/, "share", join(place.folder, "none"));
    await wrong(/owner, editor, commenter or viewer/, "share", place.folder, "--role", "king");
    await wrong(/at most 90d/, "share", place.folder, "--expires", "91d");
    await wrong(/plait:\/\//, "join", "https://example.org/");
    await wrong(/refuse, keepMine or takeTheirs/, "join", "x", "--existing", "burn");
    await wrong(/not shared/, "leave", place.folder);
  },

  async "a dry run says what would be shared, and shares nothing"(place) {
    const folder = join(place.folder, "garden");
    mkdirSync(join(folder, "build"), { recursive: true });
    for (const [name, text] of [["a.txt", "abc"], [".env", "KEY=1"], ["build/x.o", "x"]]) {
      writeFileSync(join(folder, name), text);
    }
    writeFileSync(join(folder, ".gitignore"), "build/\n");
    const { code, out, notes } = await place.run("share", folder, "--dry-run");
    assert.equal(code, 0, notes);
    assert.deepEqual(out.trim().split("\n").sort(), [".gitignore", "a.txt"]);
    assert.match(notes, /not shared: \.env/);
    assert.match(notes, /not shared: build/);
    assert.match(notes, /2 files/);
    assert.equal(await place.daemon(), null);
    assert.deepEqual(readdirSync(join(place.home, "rules")), []);
  },

  async "the doctor says what is wrong, and what to do"(place) {
    const nobody = createServer();
    await new Promise((resolve) => nobody.listen(0, "127.0.0.1", resolve));
    const { port } = nobody.address();
    nobody.close();
    const { code, out } = await place.run("doctor", "--json", `127.0.0.1:${port}`);
    assert.equal(code, 1);
    const findings = JSON.parse(out);
    const server = findings.find((finding) => finding.about === "connection");
    assert.equal(server.verdict, "wrong");
    assert.match(server.text, /refused/);
    assert(server.fix);
    assert.equal(findings.find((finding) => finding.about === "home").verdict, "fine");
  },
};
