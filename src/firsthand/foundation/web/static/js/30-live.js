// Live: one event stream a page names the parts that changed. A short text is set as text; anything
// else is fetched again as a page and taken over part by part. At most two fetches a second.
(() => {
  "use strict";
  const start = () => {
    const source = document.querySelector("[data-live]");
    if (!source) return;
    const waiting = new Set();
    let timer = 0;
    let last = 0;

    const refresh = async () => {
      timer = 0;
      last = performance.now();
      const ids = [...waiting];
      waiting.clear();
      try {
        const answer = await firsthand.load(location.href, { why: "live" });
        const moved = new URL(answer.responseURL || location.href, location.href);
        const leaves = ids.some((id) => document.getElementById(id)?.hasAttribute("data-moves"));
        // What it was about has ended, and there is another page about that.
        if (leaves && moved.pathname !== location.pathname) {
          location.replace(moved);
          return;
        }
        if (answer.status === 200) for (const id of ids) firsthand.take(answer.response, id);
      } catch {
        for (const id of ids) waiting.add(id);
        plan(5000);
      }
    };
    const plan = (least = 0) => {
      if (!timer) timer = setTimeout(refresh, Math.max(least, last + 500 - performance.now(), 0));
    };

    const stream = new EventSource(source.dataset.live);
    const state = (word) => document.documentElement.setAttribute("data-stream", word);
    stream.addEventListener("open", () => {
      if (document.documentElement.dataset.stream === "lost") {
        waiting.add("main");
        plan();
      }
      state("open");
    });
    stream.addEventListener("error", () => state("lost"));
    stream.addEventListener("changed", (event) => {
      for (const { part, text } of JSON.parse(event.data)) {
        const element = document.getElementById(part);
        if (!element) continue;
        if (typeof text === "string") {
          if (element.nodeName === "PROGRESS") element.value = Number(text);
          else if (element.textContent !== text) element.textContent = text;
        } else {
          waiting.add(part);
          plan();
        }
      }
    });
    stream.addEventListener("go", (event) => {
      const url = new URL(JSON.parse(event.data), location.href);
      if (url.origin === location.origin) location.assign(url);
    });
    addEventListener("pagehide", () => stream.close());
  };
  document.addEventListener("DOMContentLoaded", start, { once: true });
})();
