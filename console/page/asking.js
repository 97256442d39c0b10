// Asks the console for the cluster, one request at a time, as long as somebody looks at the page.

const PAUSE = 2000, PATIENCE = 5000;

// onAnswer(answer), onUnchanged(servedAt or null), onSilence(time of the last answer), onLoggedOut()
export function startAsking({ onAnswer, onUnchanged, onSilence, onLoggedOut }) {
  let tag = null, isAsking = false, timer = null;
  let lastAnswer = new Date();

  async function ask() {
    clearTimeout(timer);
    if (isAsking || document.hidden) return;
    isAsking = true;
    let goOn = true;
    try {
      goOn = await once();
    } catch {
      onSilence(lastAnswer);
    }
    isAsking = false;
    if (goOn) timer = setTimeout(ask, PAUSE);
  }

  async function once() {
    const response = await fetch("/api/cluster", {
      cache: "no-store",
      headers: tag ? { "If-None-Match": tag } : {},
      signal: AbortSignal.timeout(PATIENCE),
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

  document.addEventListener("visibilitychange", ask);
  ask();
}
