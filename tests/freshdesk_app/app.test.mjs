// The app for Freshdesk, run by a stand-in for Freshworks' platform, against the receiver that INFLOW_PORT names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CANARIES, conversation, deletedConversation, deletedTicket, ticket } from "./payloads.mjs";
import { Page, Platform, manifest, read, requests } from "./platform.mjs";

const KEY = process.env.INFLOW_KEY;
const UNKNOWN_KEY = process.env.INFLOW_UNKNOWN_KEY;
const ALL = [
  ["onTicketCreate", ticket(1)],
  ["onTicketUpdate", ticket(2, { changes: { group_id: [null, 43000012345] } })],
  ["onTicketDelete", deletedTicket],
  ["onConversationCreate", conversation(101, 3)],
  ["onConversationUpdate", conversation(102, 4)],
  ["onConversationDelete", deletedConversation]
];

async function deliver(platform, events) {
  for (const [name, data] of events) await platform.happens(name, data);
}

test("each event is told with ids and times, and the receiver keeps it", async () => {
  const platform = new Platform();
  await deliver(platform, ALL);
  assert.deepEqual(platform.statuses, [202, 202, 202, 202, 202, 202]);
  assert.deepEqual(platform.bodies(), [
    { event: "onTicketCreate", data: { ticket: {
      id: 1, model_id: 43055500001, created_at: "2026-11-20T11:58:00Z", updated_at: "2026-11-20T12:00:00Z" } } },
    { event: "onTicketUpdate", data: { ticket: {
      id: 2, model_id: 43055500002, created_at: "2026-11-20T11:58:00Z", updated_at: "2026-11-20T12:00:00Z" } } },
    { event: "onTicketDelete", data: { ticket: { model_id: 43055500007 } } },
    { event: "onConversationCreate", data: { conversation: {
      id: 101, ticket_id: 3, created_at: "2026-11-20T12:00:00Z", updated_at: "2026-11-20T12:00:00Z" } } },
    { event: "onConversationUpdate", data: { conversation: {
      id: 102, ticket_id: 4, created_at: "2026-11-20T12:00:00Z", updated_at: "2026-11-20T12:00:00Z" } } },
    { event: "onConversationDelete", data: { conversation: { id: 43077712345 } } }
  ]);
});

test("nothing personal leaves, whatever Freshdesk puts where", async () => {
  const platform = new Platform();
  const misplaced = ALL.map(([name, data]) => {
    const kind = Object.keys(data).find((part) => part in { ticket: 0, conversation: 0 });
    // Words where ids and times should be.
    return [name, { ...data, [kind]: { ...data[kind], model_id: CANARIES[0], updated_at: CANARIES[1],
      created_at: `2026-11-20T12:00:00Z ${CANARIES[2]}`, ticket_id: `3 ${CANARIES[3]}` } }];
  });
  await deliver(platform, [...ALL, ...misplaced]);
  await platform.happens("onScheduledEvent", { note: CANARIES[4] });
  const left = JSON.stringify(platform.sent).toLowerCase();
  assert.ok(platform.sent.length > ALL.length, "nothing was sent");
  for (const canary of CANARIES) assert.ok(!left.includes(canary.toLowerCase()), `${canary} left`);
  const named = new Set(platform.sent.flatMap(({ body }) => [...body.matchAll(/"(\w+)":/g)].map(([, name]) => name)));
  const allowed = ["event", "data", "ticket", "conversation", "id", "model_id", "ticket_id", "created_at", "updated_at",
    "at", "dropped"];
  assert.deepEqual([...named].filter((name) => !allowed.includes(name)), []);
});

test("the key goes into the header alone, over HTTPS, to the host that was entered", async () => {
  const platform = new Platform();
  await platform.happens("onTicketCreate", ticket(1));
  const [{ host, path, headers, body }] = platform.sent;
  assert.deepEqual([host, path, headers.Authorization], ["inflow.example.com", "/events", `Bearer ${KEY}`]);
  assert.ok(!body.includes("inflow_e_"));
  for (const { schema } of Object.values(requests)) assert.equal(schema.protocol, "https");
});

test("what changes no count is told once in five seconds, all tickets together", async () => {
  const platform = new Platform();
  const quiet = (id) => ["onTicketUpdate", ticket(id, { changes: { status: [2, 5], agent_reply_count: [1, 2] } })];
  await deliver(platform, [quiet(7), quiet(7), quiet(8), ["onConversationCreate", conversation(9, 7, { incoming: false })],
    ["onConversationUpdate", conversation(9, 7, { incoming: false })]]);
  assert.deepEqual(platform.bodies().map(({ data }) => data.ticket.id), [7]);
  platform.clock.now += 5_000;
  await deliver(platform, [quiet(8), quiet(7)]);
  assert.deepEqual(platform.bodies().map(({ data }) => data.ticket.id), [7, 8]);
});

test("what changes a count is told each time, also beside what changes none", async () => {
  const platform = new Platform();
  const edit = (changes) => ["onTicketUpdate", ticket(7, { changes })];
  await deliver(platform, [
    edit({ status: [3, 2] }), edit({ status: [3, 2], group_id: [1, 2] }), edit({ deleted: [false, true] }), edit({}),
    ["onTicketUpdate", { ticket: { id: 7, changes: { source: [2, 3], priority: [1, 2] } } }],
    ["onConversationCreate", conversation(1, 7)], ["onConversationCreate", conversation(2, 7)],
    ["onConversationUpdate", conversation(2, 7)], ["onTicketCreate", ticket(8)], ["onTicketDelete", deletedTicket]
  ]);
  assert.equal(platform.statuses.length, 10);
});

test("hundreds of tickets closed by a job leave room for what customers do", async () => {
  const platform = new Platform();
  const closing = (id) => ["onTicketUpdate", ticket(id, { changes: { status: [4, 5], updated_at: ["a", "b"] } })];
  for (let minute = 0; minute < 2; minute += 1) {
    for (let second = 0; second < 60; second += 1) {
      await deliver(platform, [1, 2, 3, 4].map((n) => closing(1000 * minute + 10 * second + n)));
      if (second % 3 === 0) await platform.happens("onConversationCreate", conversation(1000 * minute + second + 1, 5));
      if (second % 20 === 0) await platform.happens("onConversationCreate", conversation(9, 5, { incoming: false }));
      platform.clock.now += 1_000;
    }
  }
  assert.equal(platform.requestLimit.refused, 0);
  assert.equal(platform.bodies().filter(({ event }) => event === "onConversationCreate").length, 40);
  assert.ok(platform.sent.length < 40 + 2 * 13, `${platform.sent.length} requests`);
});

test("200 tickets moved at once: 50 leave, the rest is counted and told by the next heartbeat, once", async () => {
  const platform = new Platform();
  const moved = { changes: { group_id: [1, 2] } };
  for (let id = 1; id <= 200; id += 1) await platform.happens("onTicketUpdate", ticket(id, moved));
  assert.equal(platform.statuses.length, 50);
  platform.clock.now += 600_000;
  await platform.happens("onScheduledEvent");
  platform.clock.now += 600_000;
  await platform.happens("onScheduledEvent");
  // The storage takes 50 calls a minute, too: what it refuses to count is missing, and the count is a least one.
  assert.deepEqual(platform.bodies().slice(50), [
    { event: "heartbeat", at: "2026-11-20T12:10:00Z", dropped: 50 },
    { event: "heartbeat", at: "2026-11-20T12:20:00Z", dropped: 0 }
  ]);
  assert.deepEqual(platform.statuses.slice(50), [202, 202]);
});

test("what was dropped while Inflow did not answer is told once it does", async () => {
  const platform = new Platform({ reach: false });
  await deliver(platform, ALL);
  await platform.happens("onScheduledEvent");
  platform.reach = true;
  platform.clock.now += 600_000;
  await platform.happens("onScheduledEvent");
  assert.equal(platform.bodies().at(-1).dropped, 6);
});

test("an event without a usable id is counted as dropped, and none stops the app", async () => {
  const platform = new Platform();
  for (const data of [{}, { ticket: null }, { ticket: { id: "x" } }, { ticket: { id: -1 } }]) {
    await platform.happens("onTicketCreate", data);
  }
  await platform.happens("onConversationUpdate", { conversation: {} });
  assert.deepEqual(platform.sent, []);
  platform.clock.now += 600_000;
  await platform.happens("onScheduledEvent");
  assert.equal(platform.bodies()[0].dropped, 5);
});

test("without storage, events are told all the same", async () => {
  const platform = new Platform();
  platform.storeLimit.take = () => { throw Object.assign(new Error("down"), { status: 503 }); };
  await deliver(platform, ALL);
  await platform.happens("onScheduledEvent");
  assert.deepEqual(platform.statuses, Array(7).fill(202));
});

test("installing tests the key and starts one heartbeat; uninstalling ends it", async () => {
  const platform = new Platform();
  await platform.happens("onAppInstall");
  assert.deepEqual(platform.bodies(), [{ event: "test" }]);
  assert.deepEqual(platform.rendered, [null]);
  const [schedule] = platform.schedules.values();
  assert.deepEqual(schedule.repeat, { time_unit: "minutes", frequency: 10 });
  await platform.happens("onAppInstall");
  await platform.happens("onAppUninstall");
  await platform.happens("onAppUninstall");
  assert.deepEqual(platform.rendered, [null, null, null, null]);
  assert.equal(platform.schedules.size, 0);
});

test("an installation that would not work is refused, with what to do", async () => {
  const wrong = new Platform({ key: UNKNOWN_KEY });
  await wrong.happens("onAppInstall");
  assert.deepEqual(wrong.rendered, ["Inflow does not know this key. Generate a new one."]);
  const silent = new Platform({ reach: false });
  await silent.happens("onAppInstall");
  assert.deepEqual(silent.rendered, ["Inflow did not answer at this address. Please check it."]);
  const unscheduled = new Platform();
  unscheduled.schedule = () => { throw Object.assign(new Error("down"), { status: 500 }); };
  await unscheduled.happens("onAppInstall");
  assert.deepEqual(unscheduled.rendered, ["Freshworks did not start the heartbeat. Please try again."]);
  assert.equal(wrong.schedules.size + silent.schedules.size, 0);
});

test("the page saves what a test event was taken with", async () => {
  const platform = new Platform();
  const page = new Page(platform).type(" https://Inflow.Example.com/events ", ` ${KEY} `);
  assert.equal(await page.context.validate(), true);
  assert.deepEqual([platform.sent[0].host, platform.bodies()[0]], ["inflow.example.com", { event: "test" }]);
  assert.deepEqual(JSON.parse(JSON.stringify(page.context.postConfigs())), {
    __meta: { secure: ["inflow_key"] }, inflow_host: "inflow.example.com", inflow_key: KEY
  });
  page.type("", "");
  page.context.getConfigs({ inflow_host: "inflow.example.com", inflow_key: "********" });
  assert.deepEqual([page.fields.host.value, page.fields.key.value], ["inflow.example.com", ""]);
});

test("the page saves nothing else, and says why", async () => {
  const hosts = ["", "inflow", "10.0.0.1", "[::1]", "http://inflow.example.com", "inflow.example.com:8501", "in flow.example.com",
    "user@inflow.example.com", "inflow.example.com/other", "https://", "inflow.example.com?x", "-a.example.com", "a..example.com"];
  const platform = new Platform();
  for (const host of hosts) {
    const page = new Page(platform).type(host, KEY);
    assert.equal(await page.context.validate(), false, host);
    assert.match(page.said, /public address/);
  }
  const last = KEY.at(-1) === "0" ? "1" : "0";
  for (const key of ["", KEY.slice(1), KEY.slice(0, -1), KEY + "0", KEY.slice(0, -1) + last, KEY.toLowerCase() + " x"]) {
    const page = new Page(platform).type("inflow.example.com", key);
    assert.equal(await page.context.validate(), false, key);
    assert.match(page.said, /no Inflow API key/);
  }
  assert.deepEqual(platform.sent, []);
  const unknown = new Page(platform).type("inflow.example.com", UNKNOWN_KEY);
  assert.equal(await unknown.context.validate(), false);
  assert.match(unknown.said, /does not know this key/);
  const silent = new Page(new Platform({ reach: false })).type("inflow.example.com", KEY);
  assert.equal(await silent.context.validate(), false);
  assert.match(silent.said, /did not answer/);
});

test("manifest: known keys only, a handler for each event, a template for each request", () => {
  const keys = (object) => Object.keys(object).sort();
  assert.deepEqual(keys(manifest), ["engines", "modules", "platform-version"]);
  assert.equal(manifest["platform-version"], "3.0");
  assert.deepEqual(keys(manifest.engines), ["fdk", "node"]);
  assert.deepEqual(keys(manifest.modules), ["common", "support_ticket"]);
  assert.deepEqual(keys(manifest.modules.common), ["events", "requests"]);
  assert.deepEqual(keys(manifest.modules.support_ticket), ["events"]);
  assert.deepEqual(keys(manifest.modules.common.events), ["onAppInstall", "onAppUninstall", "onScheduledEvent"]);
  assert.deepEqual(keys(manifest.modules.support_ticket.events), ["onConversationCreate", "onConversationDelete",
    "onConversationUpdate", "onTicketCreate", "onTicketDelete", "onTicketUpdate"]);
  const listeners = Object.values(manifest.modules).flatMap(({ events }) => Object.values(events));
  assert.ok(listeners.every((listener) => keys(listener).join() === "handler"));
  assert.deepEqual(listeners.map(({ handler }) => handler).sort(), keys(new Platform().load()));
  assert.deepEqual(keys(manifest.modules.common.requests), keys(requests));
});

test("request templates: as documented, and each used; secrets in headers only", () => {
  const code = read("server/server.js") + read("config/assets/iparams.js");
  for (const [name, { schema, options, ...more }] of Object.entries(requests)) {
    assert.match(name, /^[\w-]+$/);
    assert.ok(code.includes(`invokeTemplate("${name}"`), `${name} is not used`);
    assert.deepEqual(Object.keys(more), []);
    assert.deepEqual(Object.keys(schema).sort(), ["headers", "host", "method", "path", "protocol"]);
    assert.ok(Object.keys(options).every((option) => ["maxAttempts", "retryDelay"].includes(option)));
    assert.ok(options.maxAttempts >= 1 && options.maxAttempts <= 5);
    assert.match(schema.host, /^<%= (iparam|context)\.\w+ %>$/);
    assert.equal(schema.path, "/events");
    const filled = Object.entries(schema).filter(([field]) => field !== "headers").map(([, text]) => text).join();
    assert.ok(!filled.includes("key"), "the key would stand in an address");
  }
  assert.ok([...code.matchAll(/invokeTemplate\("(\w+)"/g)].every(([, name]) => name in requests));
});

test("the installation page runs no script of others", () => {
  const page = read("config/iparams.html");
  assert.deepEqual([...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address),
    ["./assets/iparams.css", "{{{appclient}}}", "./assets/iparams.js"]);
  for (const [, id] of read("config/assets/iparams.js").matchAll(/field\("(\w+)"\)/g)) assert.ok(page.includes(`id="${id}"`));
});
