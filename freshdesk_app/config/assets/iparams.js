// The installation page. Freshworks calls getConfigs, validate and postConfigs.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK_LENGTH = 6;
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;
const KEY = /^inflow_e_[0-9A-Za-z]{49}$/;

/** Fill in what was saved; the key stays with Freshworks. */
function getConfigs(configs) {
  field("host").value = configs.inflow_host || "";
}

/** What is saved. */
function postConfigs() {
  return {
    __meta: { secure: ["inflow_key"] },
    inflow_host: hostOf(field("host").value),
    inflow_key: field("key").value.trim()
  };
}

/** Nothing is saved unless Inflow takes a test event with this key. */
async function validate() {
  const host = hostOf(field("host").value);
  const key = field("key").value.trim();
  if (host === "") {
    return tell("Enter Inflow's public address as in inflow.example.com: a name, no number, no port, no http://.");
  }
  if (!isWellFormed(key)) {
    return tell("This is no Inflow API key: it begins with inflow_e_ and has 58 characters. Copy it again.");
  }
  tell("Sending a test event …");
  return report(host, await statusOfTest(host, key));
}

/** The name in an address, as in "https://Inflow.example.com/"; "" if that cannot be Inflow's. */
function hostOf(text) {
  const address = text.trim().toLowerCase();
  const host = address.replace(/^https:\/\//, "").replace(/(:443)?(\/(events\/?)?)?$/, "");
  return HOST.test(host) ? host : "";
}

/** A key that was not cut or mistyped has the right checksum at its end. */
function isWellFormed(key) {
  return KEY.test(key) && checksum(key.slice(0, -CHECK_LENGTH)) === key.slice(-CHECK_LENGTH);
}

/** CRC-32 in six digits of base 62. */
function checksum(text) {
  let rest = 0xffffffff;
  for (const character of text) {
    rest ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) {
      rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    }
  }
  let number = (rest ^ 0xffffffff) >>> 0;
  let digits = "";
  for (let place = 0; place < CHECK_LENGTH; place += 1) {
    digits = ALPHABET[number % 62] + digits;
    number = Math.floor(number / 62);
  }
  return digits;
}

/** The HTTP status with which Inflow answers a test event; 0 if nothing answers. */
async function statusOfTest(host, key) {
  try {
    const client = await app.initialized();
    const answer = await client.request.invokeTemplate("testEvent", {
      context: { host, key },
      body: JSON.stringify({ event: "test" })
    });
    return answer.status;
  } catch (error) {
    return (error && error.status) || 0;
  }
}

function report(host, status) {
  if (status === 202) {
    tell("Inflow took the test event.", true);
    return true;
  }
  if (status === 401) {
    return tell("Inflow answers, but does not know this key. Generate a new one in Inflow and enter it.");
  }
  if (status === 429) {
    return tell("Too many attempts. Wait a minute, then try again.");
  }
  return tell(`Inflow did not answer as it should at https://${host}/events (${status || "no answer"}). ` +
    "Is this its public address, and can Freshworks reach it from the internet?");
}

function tell(text, isGood = false) {
  const result = field("result");
  result.textContent = text;
  result.className = isGood ? "good" : "";
  return false;
}

function field(id) {
  return document.getElementById(id);
}
