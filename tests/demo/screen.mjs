import { differences } from "./person.mjs";
import { FileView } from "./file_view.mjs";

const kFrameMs = 60;
const kStatusMs = 300;
const kKeystrokeMs = 110;
const kLeast = { columns: 80, rows: 24 };

const kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const kLeave = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

const kLocale = process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || "";
const [kUpright, kCut, kLevel] = /utf-?8/i.test(kLocale) ? ["│", "╳", "─"] : ["|", "x", "-"];

const kPlain = "";
const kBold = "1";
const kFaint = "2";
const kNew = "30;43";
const kHeading = "36";
const kGood = "32";
const kWaiting = "33";
const kBad = "31";

/** One row of the terminal, made of pieces of text with a style each. */
class Row {
  #columns;
  #width = 0;
  #bytes = "";

  constructor(columns) {
    this.#columns = columns;
  }
  /** What does not fit into `limit` columns is cut off. */
  put(text, style = kPlain, limit = this.#columns) {
    const letters = [...text].slice(0, Math.max(0, limit - this.#width));
    this.#width += letters.length;
    const words = letters.join("");
    this.#bytes += style === kPlain ? words : `\x1b[${style}m${words}\x1b[0m`;
    return this;
  }
  /** Goes on at a column. */
  at(column) {
    return this.put(" ".repeat(Math.max(0, column - this.#width)));
  }
  get bytes() {
    return this.#bytes;
  }
}

/** Lines of whole words that fit a width. */
function wrapped(text, columns) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

function colourOf(status) {
  if (/^in step/.test(status)) return kGood;
  return /^no daemon/.test(status) ? kBad : kWaiting;
}

/** What one of the two sees: status, the last command, the files with what is new in them. */
class Pane {
  status = "";
  command = "";
  texts = new Map();
  #views = new Map();

  constructor(person) {
    this.person = person;
  }

  async look(now) {
    this.texts = await this.person.texts();
    for (const name of this.#views.keys()) {
      if (!this.texts.has(name)) this.#views.delete(name);
    }
    for (const [name, text] of this.texts) {
      if (!this.#views.has(name)) this.#views.set(name, new FileView());
      this.#views.get(name).show(text, now);
    }
  }

  /** Draws itself onto rows, from a column on. */
  draw(rows, column, columns, now) {
    const end = column + columns;
    const fill = (from, lines, style) =>
      lines.forEach((line, i) => rows[from + i].at(column).put(line, style, end));
    rows[0].at(column).put(this.person.name, kBold).put("  ~/kitchen", kFaint, end);
    fill(1, wrapped(`plait status: ${this.status}`, columns).slice(0, 2), colourOf(this.status));
    fill(3, wrapped(this.command, columns).slice(0, 2), kPlain);
    const files = this.#lines(now);
    const room = rows.length - 5;
    const newest = files.findLastIndex((line) => line.isNew);
    const top = Math.max(0, Math.min(newest - room + 1, files.length - room));
    files.slice(top, top + room).forEach(({ pieces }, i) => {
      const row = rows[5 + i].at(column);
      for (const [text, style] of pieces) row.put(text, style, end);
    });
  }

  #lines(now) {
    const lines = [];
    for (const [name, view] of [...this.#views].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const isOpen = this.person.open?.file === name;
      const heading = isOpen ? `${name} (in the editor)` : name;
      lines.push({ pieces: [[heading, kHeading]], isNew: false });
      for (const line of view.lines(now)) {
        const pieces = line.map(({ text, isNew }) => [text, isNew ? kNew : kPlain]);
        lines.push({ pieces: [["  ", kPlain], ...pieces], isNew: line.some((it) => it.isNew) });
      }
    }
    return lines;
  }
}

/** The story side by side in a terminal, at a speed at which it can be followed. */
export class Screen {
  #speed;
  #panes = [];
  #title = "";
  #words = "";
  #shown = [];
  #timers = [];
  #isCut = false;
  #isOver = false;

  constructor(speed) {
    this.#speed = Math.max(speed, 1);
  }

  static isPossible() {
    return process.stdout.isTTY && !["", "dumb", undefined].includes(process.env.TERM);
  }

  // What the story calls -------------------------------------------------------------------

  begin(people) {
    this.#panes = people.map((person) => new Pane(person));
    process.stdout.write(kEnter);
    process.stdout.on("resize", () => (this.#shown = []));
    if (process.stdin.isTTY) {
      process.stdin.setRawMode(true); // so that nothing that is typed shows up in the picture
      process.stdin.on("data", (keys) => {
        if (keys.includes(3)) process.kill(process.pid, "SIGINT");
      });
    }
    this.#every(kFrameMs, () => this.#draw());
    this.#every(kStatusMs, () => this.#ask());
  }
  tell(title, words) {
    this.#title = title;
    this.#words = words;
    for (const pane of this.#panes) pane.command = "";
  }
  command(person, text) {
    this.#panes.find((pane) => pane.person === person).command = text;
  }
  network(isThere) {
    this.#isCut = !isThere;
  }
  keystroke() {
    return this.#wait(kKeystrokeMs * (0.5 + Math.random()));
  }
  pause(seconds) {
    return this.#wait(seconds * 1000);
  }
  async beat() {}

  end() {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stdout.write(kLeave);
  }

  // How it is done -------------------------------------------------------------------------

  #wait(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms / this.#speed));
  }

  /** Again and again, each time so long after the last time has ended. */
  #every(ms, what) {
    const at = this.#timers.length;
    const go = async () => {
      await what();
      if (!this.#isOver) this.#timers[at] = setTimeout(go, ms);
    };
    this.#timers[at] = setTimeout(go, 0);
  }

  async #ask() {
    for (const pane of this.#panes) pane.status = await pane.person.status();
  }

  async #draw() {
    const now = Date.now();
    for (const pane of this.#panes) await pane.look(now);
    if (!this.#isOver) this.#show(this.#picture(now));
  }

  #picture(now) {
    const { columns, rows: height } = process.stdout;
    const rows = Array.from({ length: height }, () => new Row(columns));
    if (columns < kLeast.columns || height < kLeast.rows) {
      rows[0].put(`This window is too small: ${kLeast.columns} by ${kLeast.rows}, please.`);
      return rows;
    }
    const [left, right] = this.#panes;
    const half = Math.floor((columns - 3) / 2);
    const words = wrapped(this.#words, columns - 2);
    const story = rows.slice(-4);
    const hint = "Ctrl-C ends it";
    rows[0].put("Plait", kBold).put("  two people, one folder", kFaint);
    rows[0].at(columns - hint.length).put(hint, kFaint);
    const body = rows.slice(2, -5);
    left.draw(body, 0, half, now);
    const between = this.#isCut ? [kCut, kBad] : [kUpright, kFaint];
    body.forEach((row) => row.at(half + 1).put(...between));
    right.draw(body, half + 3, columns - half - 3, now);
    const apart = differences(left.texts, right.texts);
    const verdict = apart.length === 0 ? " equal " : ` not equal: ${apart.join(", ")} `;
    const rule = Math.floor((columns - verdict.length) / 2);
    rows.at(-5).put(kLevel.repeat(rule), kFaint).put(verdict, apart.length ? kWaiting : kGood);
    rows.at(-5).put(kLevel.repeat(columns), kFaint);
    story[0].put(this.#title, kBold);
    words.slice(0, 3).forEach((line, i) => story[1 + i].put(line));
    return rows;
  }

  /** Writes what is not there yet, at once. */
  #show(rows) {
    let bytes = this.#shown.length === rows.length ? "" : "\x1b[2J";
    if (bytes) this.#shown = rows.map(() => "");
    rows.forEach((row, i) => {
      row.at(process.stdout.columns);
      if (row.bytes === this.#shown[i]) return;
      bytes += `\x1b[${i + 1};1H${row.bytes}`;
      this.#shown[i] = row.bytes;
    });
    if (bytes) process.stdout.write(`\x1b[?2026h${bytes}\x1b[?2026l`);
  }
}
