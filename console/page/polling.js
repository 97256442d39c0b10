// Polls the console, one request at a time, while the page is visible.

const PAUSE_MS = 2000, TIMEOUT_MS = 5000;

// onAnswer(answer), onUnchanged(servedAt or null), onSilence(time of the last answer), onLoggedOut()
export function startPolling({ onAnswer, onUnchanged, onSilence, onLoggedOut }) {
  let tag = null, isPolling = false, timer = null;
  let lastAnswer = new Date();

  async function poll() {
    clearTimeout(timer);
    if (isPolling || document.hidden) return;
    isPolling = true;
    let isLoggedIn = true;
    try {
      isLoggedIn = await request();
    } catch {
      onSilence(lastAnswer);
    }
    isPolling = false;
    if (isLoggedIn) timer = setTimeout(poll, PAUSE_MS);
  }

  async function request() {
    const response = await fetch("/api/cluster", {
      cache: "no-store",
      headers: tag ? { "If-None-Match": tag } : {},
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 401) {
      onLoggedOut();
      return false;
    }
    if (response.status === 304) {
      lastAnswer = new Date();
      onUnchanged(response.headers.get("Date"));
      return true;
    }
    if (!response.ok) throw new Error(`status ${response.status}`);
    const answer = await response.json();
    tag = response.headers.get("ETag");
    lastAnswer = new Date();
    onAnswer(answer);
    return true;
  }

  document.addEventListener("visibilitychange", poll);
  poll();
}
