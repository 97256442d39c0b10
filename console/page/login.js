import { storedLanguage } from "./preferences.js";
import { switches } from "./switches.js";
import { setLanguage, t } from "./texts.js";
import { fill } from "./tree.js";

const TIMEOUT_MS = 10000;

const at = (id) => document.getElementById(id);

// Key and values instead of the text, so that the message follows a change of language.
let complaint = null;
let secondsToWait = 0;

function show() {
  document.title = t("loginTitle");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  at("complaint").textContent = complaint ? t(...complaint) : "";
  if (secondsToWait > 0) at("submit").textContent = t("logInAfter", { seconds: secondsToWait });
  fill(at("switches"), switches(show));
}

function complain(...key) {
  complaint = key;
  show();
}

async function logIn(event) {
  event.preventDefault();
  if (at("submit").disabled) return;
  at("submit").disabled = true;
  complaint = null;
  show();
  try {
    const response = await fetch("/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ password: at("password").value }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 204) {
      location.replace("/");
      return;
    }
    if (response.status === 429) {
      wait(Number(response.headers.get("Retry-After")) || 5);
      return;
    }
    complain(response.status === 401 ? "wrongPassword" : "noAnswer");
  } catch {
    complain("noAnswer");
  }
  at("submit").disabled = false;
  at("password").select();
}

// The button counts down by the clock, since background tabs get few ticks; the message is read aloud and does not change.
function wait(seconds) {
  const end = Date.now() + seconds * 1000;
  secondsToWait = seconds;
  complain("tooMany", { seconds });
  const timer = setInterval(() => {
    secondsToWait = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (secondsToWait === 0) {
      clearInterval(timer);
      complaint = null;
      at("submit").disabled = false;
    }
    show();
  }, 500);
}

setLanguage(storedLanguage());
at("form").addEventListener("submit", logIn);
show();
