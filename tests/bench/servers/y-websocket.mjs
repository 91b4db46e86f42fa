/** @y/websocket-server as its README has it, over TLS, with y-leveldb as its persistence. */
import { setPersistence, setupWSConnection } from "@y/websocket-server/utils";
import { WebSocketServer } from "ws";
import { LeveldbPersistence } from "y-leveldb";
import { applyUpdate, encodeStateAsUpdate } from "yjs";

import { dataFolder, listen, makeServer } from "./listen.mjs";

const storage = new LeveldbPersistence(dataFolder);
setPersistence({
  provider: storage,
  async bindState(name, document) {
    const stored = await storage.getYDoc(name);
    await storage.storeUpdate(name, encodeStateAsUpdate(document));
    applyUpdate(document, encodeStateAsUpdate(stored));
    document.on("update", (update) => storage.storeUpdate(name, update));
  },
  async writeState() {},
});

const server = makeServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", setupWSConnection);
listen(server);
