// Tells Inflow which ticket has changed. An event is a hint: Inflow reads through Freshdesk's API what it needs,
// and its polling finds whatever no event told of. So nothing but ids and times leaves, and an event too many
// for Freshworks' limits may be dropped.

exports = {
  onTicketCreateHandler: async function (payload) {
    await forward("onTicketCreate", "ticket", payload);
  },
  onTicketUpdateHandler: async function (payload) {
    if (!changesNoCount(payload.data) || (await isFirstOfSlot())) {
      await forward("onTicketUpdate", "ticket", payload);
    }
  },
  onTicketDeleteHandler: async function (payload) {
    await forward("onTicketDelete", "ticket", payload);
  },
  onConversationCreateHandler: async function (payload) {
    if (!isOfAgent(payload.data) || (await isFirstOfSlot())) {
      await forward("onConversationCreate", "conversation", payload);
    }
  },
  onConversationUpdateHandler: async function (payload) {
    if (!isOfAgent(payload.data) || (await isFirstOfSlot())) {
      await forward("onConversationUpdate", "conversation", payload);
    }
  },
  onConversationDeleteHandler: async function (payload) {
    await forward("onConversationDelete", "conversation", payload);
  },
  onScheduledEventHandler: async function () {
    await beat();
  },
  onAppInstallHandler: async function () {
    const problem = await install();
    if (problem === "") {
      renderData();
    } else {
      renderData({ message: problem });
    }
  },
  onAppUninstallHandler: async function () {
    try {
      await $schedule.delete({ name: HEARTBEAT });
    } catch (_error) {
      // It goes with the app. An error told here would keep the app from ever being uninstalled.
    }
    renderData();
  }
};

const HEARTBEAT = "inflow_heartbeat";
const HEARTBEAT_MINUTES = 10;
const DROPPED = "dropped";
// Events that change no count (an agent's answer, a new status) are told once in this time, all tickets together: a job
// that closes hundreds must not use up what Freshworks lets an app send, 50 requests a minute.
const SLOT_SECONDS = 5;
const KEEP_SECONDS = 60;
const ID = /^[1-9][0-9]{0,17}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)$/;
const IDS = { ticket: ["id", "model_id"], conversation: ["id", "ticket_id"] };
const TIMES = ["created_at", "updated_at"];
// A customer's reply has an event of its own.
const NO_COUNT = [
  "agent_reply_count", "agent_responded_at", "closed_at", "customer_reply_count", "due_by", "first_responded_at",
  "fr_due_by", "fr_escalated", "is_escalated", "nr_due_by", "nr_escalated", "pending_since", "priority",
  "private_note_count", "public_note_count", "reopened_at", "requester_responded_at", "resolved_at", "responder_id",
  "sla_policy_id", "status", "status_updated_at", "tags", "updated_at"
];

/** Send what an event says of its ticket or conversation; count it where that fails. */
async function forward(name, kind, payload) {
  const told = idsAndTimes((payload.data || {})[kind], kind);
  const isSent = hasId(told) && (await send({ event: name, data: { [kind]: told } })) === 202;
  if (!isSent) {
    await count(1);
  }
}

/** Only what is a number, or a time, leaves: whatever Freshdesk may put into these fields one day. */
function idsAndTimes(record, kind) {
  const told = {};
  for (const field of IDS[kind]) {
    if (ID.test(String((record || {})[field]))) {
      told[field] = record[field];
    }
  }
  for (const field of TIMES) {
    if (TIME.test(String((record || {})[field]))) {
      told[field] = record[field];
    }
  }
  return told;
}

function hasId(told) {
  return told.id !== undefined || told.model_id !== undefined;
}

/** The status with which Inflow answers; 0 where nothing answers, 429 also where Freshworks' own limit is reached. */
async function send(event) {
  try {
    const answer = await $request.invokeTemplate("sendEvent", { body: JSON.stringify(event) });
    return answer.status;
  } catch (error) {
    return (error && error.status) || 0;
  }
}

/** No other event was told in these seconds that changes no count. Each run of a handler knows only the store. */
async function isFirstOfSlot() {
  const slot = Math.floor(Date.now() / 1000 / SLOT_SECONDS);
  try {
    await $db.set(`slot:${slot}`, { told: true }, { setIf: "not_exist", ttl: KEEP_SECONDS });
    return true;
  } catch (_error) {
    return false;
  }
}

function isOfAgent(data) {
  return ((data || {}).conversation || {}).incoming === false;
}

/** An update of nothing but fields on which neither a contact nor its queue depends. */
function changesNoCount(data) {
  const { changes, ticket } = data || {};
  const names = Object.keys(changes || (ticket || {}).changes || {});
  return names.length > 0 && names.every((name) => NO_COUNT.includes(name));
}

/** Count events that were not delivered. Beyond the store's own limit they go uncounted: the count is a least one. */
async function count(events) {
  try {
    await $db.update(DROPPED, "increment", { events });
  } catch (_error) {
    console.warn("Inflow: an event was neither delivered nor counted.");
  }
}

/** Tell Inflow that the way is open, and how many events were not delivered since the last time. */
async function beat() {
  const dropped = await takeDropped();
  const status = await send({ event: "heartbeat", at: secondOf(new Date()), dropped });
  if (status !== 202 && dropped > 0) {
    await count(dropped);
  }
}

/** The count, which begins anew. Taken before it is told: told twice it would be too high. */
async function takeDropped() {
  try {
    const { events } = await $db.get(DROPPED);
    if (events > 0) {
      await $db.update(DROPPED, "increment", { events: -events });
      return events;
    }
  } catch (_error) {
    // Nothing was ever counted, or the store does not answer: then the next heartbeat tells it.
  }
  return 0;
}

/** Test the key once more from where events are sent, and start the heartbeat. Returns what is wrong, or "". */
async function install() {
  const status = await send({ event: "test" });
  if (status === 401) {
    return "Inflow does not know this key. Generate a new one.";
  }
  if (status !== 202) {
    return "Inflow did not answer at this address. Please check it.";
  }
  try {
    await $schedule.create(schedule());
  } catch (_error) {
    return restart();
  }
  return "";
}

/** After an earlier installation the schedule may still be there. */
async function restart() {
  try {
    await $schedule.update(schedule());
    return "";
  } catch (_error) {
    return "Freshworks did not start the heartbeat. Please try again.";
  }
}

function schedule() {
  return {
    name: HEARTBEAT,
    data: { event: "heartbeat" },
    schedule_at: new Date(Date.now() + HEARTBEAT_MINUTES * 60 * 1000).toISOString(),
    repeat: { time_unit: "minutes", frequency: HEARTBEAT_MINUTES }
  };
}

function secondOf(moment) {
  return `${moment.toISOString().slice(0, 19)}Z`;
}
