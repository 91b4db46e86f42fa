// Makes the seeds of the corpora of the network's targets. Run in this folder:
// node make_net_seeds.mjs

import { mkdirSync, writeFileSync } from "node:fs";

const count = {};
function save(corpus, bytes) {
  mkdirSync(`corpus/${corpus}`, { recursive: true });
  count[corpus] = (count[corpus] ?? 0) + 1;
  const name = `seed-${String(count[corpus]).padStart(2, "0")}`;
  writeFileSync(`corpus/${corpus}/${name}`, bytes);
}

// --- Frames, behind the four bytes that decide where they are cut ---------------------------

function frame(opcode, payload = "", { final = true, masked = true } = {}) {
  const body = Buffer.from(payload);
  const first = (final ? 0x80 : 0) | opcode;
  const bit = masked ? 0x80 : 0;
  let head;
  if (body.length < 126) head = Buffer.from([first, bit | body.length]);
  else if (body.length < 65536) {
    head = Buffer.from([first, bit | 126, body.length >> 8, body.length & 255]);
  } else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = bit | 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  if (!masked) return Buffer.concat([head, body]);
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  return Buffer.concat([head, key, body.map((byte, i) => byte ^ key[i % 4])]);
}

const cont = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10;
const part = { final: false };
const kStreams = [
  [[text, "hello"]],
  [[binary, Buffer.from([0, 0, 1, 2])], [text, "é😀"], [close, "\x03\xe8bye"]],
  [[text, "tw", part], [ping, "?"], [cont, "", part], [cont, "o"], [pong]],
  [[binary, "x".repeat(126)], [binary, "y".repeat(4096)], [binary, "z".repeat(4097)]],
  [[binary, "x".repeat(65536)]],
  Array.from({ length: 130 }, (_, i) => [i ? cont : binary, "x", part]),
  Array.from({ length: 34 }, () => [ping]),
  [[text, Buffer.from([0xc3, 0x28])]],
  [[text, Buffer.from([0xe2, 0x82]), part], [cont, Buffer.from([0xac])]],
  [[cont, "x"]], [[text, "x", part], [text, "y"]],
  [[ping, "x".repeat(125)], [ping, "x".repeat(126)]], [[ping, "x", part]],
  [[close]], [[close, Buffer.from([3])]], [[close, Buffer.from([3, 0xed])]],
  [[3, "reserved"]], [[11, "reserved"]], [[0x41, "reserved bit"]],
];
kStreams.forEach((stream, i) => {
  const cut = Buffer.from([i, 7, 77, i * 13]);
  for (const [corpus, masked] of [["websocket_server", true], ["websocket_client", false]]) {
    save(corpus, Buffer.concat([cut, ...stream.map(([opcode, payload, options]) =>
      frame(opcode, payload, { ...options, masked }))]));
    if (i === 0) {
      save(corpus, Buffer.concat([cut, frame(text, "the wrong way round", { masked: !masked })]));
    }
  }
});

// --- Heads, behind the same -------------------------------------------------------------------

const kRequest = [
  "GET /yjs/notes?token=a%20b HTTP/1.1",
  "Host: localhost:1234",
  "Upgrade: websocket",
  "Connection: keep-alive, Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const kAnswer = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];
const kHeads = [
  kRequest,
  [...kRequest, "Origin: https://example.org", "Sec-WebSocket-Protocol: plait.1, token.abc"],
  [...kRequest, "Origin: https://evil.example", "X-Forwarded-For: 1.2.3.4, 5.6.7.8"],
  [...kRequest, "Host: twice"],
  [...kRequest, "Content-Length: 5"],
  [...kRequest, "Transfer-Encoding: chunked"],
  [...kRequest, "X-Folded: one", " two"],
  [...kRequest, ...Array.from({ length: 60 }, (_, i) => `x${i}: y`)],
  [...kRequest, "X-Long: " + "y".repeat(8192)],
  ["POST / HTTP/1.1", "Host: a"], ["GET http://a/ HTTP/1.1"], ["GET / HTTP/1.0"],
  ["GET /%00%ff HTTP/1.1", "Host: a"],
  kAnswer,
  [...kAnswer, "Sec-WebSocket-Protocol: plait.1"],
  [...kAnswer, "Sec-WebSocket-Extensions: permessage-deflate"],
  ["HTTP/1.1 302 Found", "Location: wss://elsewhere/", "Content-Length: 0"],
];
kHeads.forEach((lines, i) => {
  save("http_upgrade", Buffer.concat([
    Buffer.from([i, 3, 33, i * 7]), Buffer.from(lines.join("\r\n") + "\r\n\r\nwhat follows"),
  ]));
});
console.log(count);
