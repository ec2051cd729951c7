// A stand-in for Freshworks' platform, after its documentation: it runs the app as the platform does and refuses
// what the platform refuses. Requests go over real HTTP to the receiver that the environment names.
//
// developers.freshworks.com/docs/app-sdk/v3.0/support_ticket: request method, key-value storage, scheduled events,
// app set-up events, rate limits and constraints. Where the documentation's versions differ, the stricter is taken.

import { readFileSync } from "node:fs";
import vm from "node:vm";

const APP = new URL("../../freshdesk_app/", import.meta.url);
const MINUTE = 60_000;
const PER_MINUTE = 50;

export const read = (path) => readFileSync(new URL(path, APP), "utf8");
export const manifest = JSON.parse(read("manifest.json"));
export const requests = JSON.parse(read("config/requests.json"));

const SERVER = new vm.Script(read("server/server.js"), { filename: "server.js" });

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

class Limit {
  constructor(clock) {
    this.clock = clock;
    this.taken = [];
    this.refused = 0;
  }

  take() {
    this.taken = this.taken.filter((at) => at > this.clock.now - MINUTE);
    if (this.taken.length >= PER_MINUTE) {
      this.refused += 1;
      throw new Refusal(429, "Rate limit exceeded");
    }
    this.taken.push(this.clock.now);
  }
}

/** One installation of the app. Time stands still unless ``clock.now`` (ms) is moved. */
export class Platform {
  constructor({ host = "inflow.example.com", key = process.env.INFLOW_KEY, reach = true } = {}) {
    this.clock = { now: Date.UTC(2026, 10, 20, 12) };
    this.iparams = { inflow_host: host, inflow_key: key };
    this.secure = ["inflow_key"];
    this.reach = reach; // false: nothing answers
    this.sent = []; // what left, as it left
    this.statuses = [];
    this.rendered = [];
    this.schedules = new Map();
    this.stored = new Map();
    this.requestLimit = new Limit(this.clock);
    this.storeLimit = new Limit(this.clock);
  }

  /** An event happens; its handler runs to its end. Nothing that it keeps in variables outlives it. */
  async happens(name, data = {}) {
    const modules = Object.values(manifest.modules);
    const listener = modules.map((module) => (module.events || {})[name]).find(Boolean);
    const handlers = this.load();
    const payload = {
      account_id: "13", domain: "acme.freshdesk.com", region: "EUC", timestamp: this.clock.now / 1000, event: name,
      currentHost: { endpoint_urls: { freshdesk: "https://acme.freshdesk.com" }, subscribed_modules: ["support_ticket"] },
      data: JSON.parse(JSON.stringify(data)), iparams: this.iparams
    };
    await handlers[listener.handler](payload);
  }

  /** The app's exports, in a sandbox with what the platform has and nothing else: no timers, no Buffer, no process. */
  load() {
    const clock = this.clock;
    const PlatformDate = class extends Date {
      constructor(...given) {
        super(...(given.length ? given : [clock.now]));
      }

      static now() {
        return clock.now;
      }
    };
    const context = vm.createContext({
      exports: {}, Date: PlatformDate, console: { log() {}, warn() {}, error() {} },
      $request: { invokeTemplate: (name, options) => this.invokeTemplate(name, options, "server") },
      $db: {
        set: async (...given) => this.set(...given), get: async (key) => this.get(key),
        update: async (...given) => this.update(...given), delete: async (key) => this.delete(key)
      },
      $schedule: {
        create: async (schedule) => this.schedule(schedule, false),
        update: async (schedule) => this.schedule(schedule, true),
        delete: async ({ name }) => this.unschedule(name)
      },
      renderData: (error) => this.render(error)
    });
    SERVER.runInContext(context);
    return context.exports;
  }

  // --- requests

  async invokeTemplate(name, options = {}, from = "page") {
    const { schema } = requests[name];
    if (!(name in manifest.modules.common.requests)) throw new Refusal(400, "not in the manifest");
    for (const option of Object.keys(options)) {
      if (!["context", "body", "cache", "ttl"].includes(option)) throw new Refusal(400, `option ${option}`);
    }
    this.requestLimit.take();
    const fill = (text, isHeader) => this.fill(text, options.context || {}, from, isHeader);
    const host = fill(schema.host);
    if (!/^(?=.{1,253}$)([a-z0-9-]+\.)+[a-z][a-z0-9-]+$/i.test(host)) throw new Refusal(400, "host must be a domain name");
    const headers = Object.fromEntries(Object.entries(schema.headers).map(([field, text]) => [field, fill(text, true)]));
    this.sent.push({ host, path: fill(schema.path), headers, body: options.body });
    if (!this.reach) throw new Refusal(502, "no answer");
    const answer = await fetch(`http://127.0.0.1:${process.env.INFLOW_PORT}${fill(schema.path)}`, {
      method: schema.method, headers, body: options.body
    });
    const response = await answer.text();
    this.statuses.push(answer.status);
    if (!answer.ok) throw Object.assign(new Refusal(answer.status, "not ok"), { response });
    return { status: answer.status, headers: {}, response };
  }

  fill(text, context, from, isHeader = false) {
    return text.replace(/<%=\s*(iparam|context)\.(\w+)\s*%>/g, (_all, kind, name) => {
      if (kind === "context") return context[name];
      if (from !== "server") throw new Refusal(400, "nothing is saved yet");
      if (this.secure.includes(name) && !isHeader) throw new Refusal(400, "a secure iparam goes into headers only");
      return this.iparams[name];
    });
  }

  // --- key-value storage

  set(key, value, { setIf, ttl } = {}) {
    this.storeLimit.take();
    this.check(key, value);
    const exists = this.alive(key) !== undefined;
    if ((setIf === "not_exist" && exists) || (setIf === "exist" && !exists)) {
      throw new Refusal(400, "The setIf conditional request failed");
    }
    this.stored.set(key, { value: { ...value }, until: ttl > 0 ? this.clock.now + ttl * 1000 : Infinity });
    return { Created: true };
  }

  get(key) {
    this.storeLimit.take();
    const value = this.alive(key);
    if (value === undefined) throw new Refusal(404, "Record not found");
    return { ...value };
  }

  update(key, action, attributes) {
    this.storeLimit.take();
    this.check(key, attributes);
    if (action !== "increment") throw new Refusal(400, "not needed so far");
    const value = { ...this.alive(key) };
    for (const [name, number] of Object.entries(attributes)) {
      if (typeof number !== "number") throw new Refusal(400, "increment takes numbers");
      value[name] = (value[name] || 0) + number;
    }
    this.stored.set(key, { value, until: Infinity });
    return { Updated: true };
  }

  delete(key) {
    this.storeLimit.take();
    this.stored.delete(key);
    return { Deleted: true };
  }

  alive(key) {
    const found = this.stored.get(key);
    return found && found.until > this.clock.now ? found.value : undefined;
  }

  check(key, value) {
    if (!key || key.length > 30) throw new Refusal(400, "key of 1 to 30 characters");
    if (!value || !Object.keys(value).length) throw new Refusal(400, "value must not be empty");
    if (key.length + JSON.stringify(value).length > 8 * 1024) throw new Refusal(400, "at most 8 KB");
  }

  // --- schedules and set-up

  schedule(schedule, isThere) {
    if (this.schedules.has(schedule.name) !== isThere) throw new Refusal(isThere ? 404 : 409, "schedule");
    if (Date.parse(schedule.schedule_at) <= this.clock.now) throw new Refusal(400, "must be in the future");
    if (!["minutes", "hours", "days"].includes(schedule.repeat.time_unit)) throw new Refusal(400, "time_unit");
    if (JSON.stringify(schedule.data).length > 4096) throw new Refusal(400, "data of at most 4 KB");
    const others = [...this.schedules.keys()].filter((name) => name !== schedule.name);
    if (others.length) throw new Refusal(400, "one recurring event for an installation");
    this.schedules.set(schedule.name, JSON.parse(JSON.stringify(schedule)));
    return { status: 200 };
  }

  unschedule(name) {
    if (!this.schedules.delete(name)) throw new Refusal(404, "no such schedule");
    return { status: 200 };
  }

  render(error) {
    if (error && error.message.length > 60) throw new Refusal(400, "a message has at most 60 characters");
    this.rendered.push(error ? error.message : null);
  }

  bodies() {
    return this.sent.map(({ body }) => JSON.parse(body));
  }
}

/** The installation page, with fields to type into. */
export class Page {
  constructor(platform) {
    const element = () => ({ value: "", textContent: "", className: "" });
    this.fields = { host: element(), key: element(), result: element() };
    this.context = vm.createContext({
      document: { getElementById: (id) => this.fields[id] },
      app: { initialized: async () => ({ request: platform && { invokeTemplate: (...given) => platform.invokeTemplate(...given) } }) }
    });
    vm.runInContext(read("config/assets/iparams.js"), this.context, { filename: "iparams.js" });
  }

  type(host, key) {
    Object.assign(this.fields.host, { value: host });
    Object.assign(this.fields.key, { value: key });
    return this;
  }

  get said() {
    return this.fields.result.textContent;
  }
}
