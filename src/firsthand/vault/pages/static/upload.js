// A large file is sent in slices, one after the other, each acknowledged. It can wait, and goes on
// after a broken line, or on a new page when the same file is chosen again.
(() => {
  "use strict";
  const ends = 256 * 1024;
  const waits = [1000, 2000, 4000, 8000];
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const size = (bytes) => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

  class Stopped extends Error {}

  const start = (form) => {
    const input = form.querySelector('input[type="file"]');
    const box = form.querySelector("[data-upload-progress]");
    const bar = box.querySelector("progress");
    const soFar = box.querySelector(".so-far");
    const actions = form.querySelector("[data-slices-actions]");
    const said = form.querySelector("[data-slices-said]");
    const pause = form.querySelector("[data-slices-pause]");
    const on = form.querySelector("[data-slices-on]");
    const waitsHere = `stays here ${form.dataset.slicesWaits || "for a day"}`;
    let paused = false;
    let wake = () => {};

    const hold = (why) => {
      paused = true;
      pause.hidden = true;
      on.hidden = false;
      said.textContent = why;
    };
    pause.addEventListener("click", () => hold(`It waits. What has come ${waitsHere}.`));
    on.addEventListener("click", () => {
      paused = false;
      on.hidden = true;
      pause.hidden = false;
      said.textContent = "";
      wake();
    });
    const mayGo = async () => {
      while (paused) await new Promise((done) => { wake = done; });
    };

    // One request; where the line is broken it is tried again, and then waits for the person.
    const ask = async (path, fields, name, blob) => {
      for (let tries = 0; ; tries += 1) {
        await mayGo();
        const body = new FormData();
        for (const [key, value] of Object.entries(fields)) body.append(key, value);
        body.append(name, blob, "slice");
        let answer = null;
        try {
          answer = await fetch(path, { method: "POST", body });
        } catch { /* no line: below */ }
        const json = answer?.headers.get("content-type")?.startsWith("application/json");
        if (json) return [answer.status, await answer.json()];
        if (answer && answer.status === 401) {
          throw new Stopped("It was locked. Open your data again and choose the same file: it goes on.");
        }
        if (tries < waits.length) await sleep(waits[tries]);
        else {
          hold(`The line is broken. Press Go on when it is back; what has come ${waitsHere}.`);
          tries = -1;
        }
      }
    };

    const send = async (file, before, total) => {
      const edges = new Blob([file.slice(0, ends), file.slice(Math.max(0, file.size - ends))]);
      const fields = { name: file.name, size: file.size, changed: file.lastModified };
      const [status, told] = await ask(form.dataset.slices, fields, "ends", edges);
      if (status !== 200) throw new Stopped(told.why);
      let at = told.received_bytes;
      let wrong = 0;
      const show = () => {
        bar.max = total;
        bar.value = before + at;
        soFar.textContent = `${size(before + at)} of ${size(total)}`;
      };
      show();
      while (at < file.size) {
        const part = file.slice(at, at + told.slice_bytes);
        const [code, answer] = await ask(`${form.dataset.slices}/slice`, { id: told.id, at }, "part", part);
        const moved = answer.received_bytes;
        if (code === 409 && typeof moved === "number" && wrong < 5) wrong += 1;
        else if (code !== 200) throw new Stopped(answer.why);
        else wrong = 0;
        at = moved;
        show();
      }
      return told.id;
    };

    const run = async (files) => {
      const total = files.reduce((sum, file) => sum + file.size, 0);
      const row = form.querySelector("[data-without-script], [data-slices-row]");
      row.hidden = true;
      box.hidden = actions.hidden = pause.hidden = false;
      on.hidden = true;
      paused = false;
      input.disabled = true;
      said.textContent = "Keep this page open until all of it has come.";
      try {
        const body = new FormData();
        let before = 0;
        for (const file of files) {
          body.append("id", await send(file, before, total));
          before += file.size;
        }
        soFar.textContent = "Reading…";
        actions.hidden = true;
        if (form.dataset.slicesThen) {
          const field = document.createElement("input");
          Object.assign(field, { type: "hidden", name: form.dataset.slicesThen, value: body.get("id") });
          form.append(field);
          form.submit();
          return;
        }
        const answer = await fetch(`${form.dataset.slices}/read`, { method: "POST", body });
        location.assign(answer.redirected ? answer.url : location.href);
      } catch (error) {
        box.hidden = actions.hidden = true;
        input.disabled = false;
        row.hidden = row.matches("[data-without-script]");
        const fault = error instanceof Stopped ? error.message : "";
        said.textContent = fault || "It could not be sent. Choose the same file again: it goes on.";
      }
    };

    // Before the form's own way: that one is for what fits into one request.
    addEventListener("submit", (event) => {
      if (event.target !== form) return;
      const files = [...input.files];
      const total = files.reduce((sum, file) => sum + file.size, 0);
      if (total <= Number(form.dataset.slicesFrom)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      run(files);
    }, true);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-slices]")) start(form);
  }, { once: true });
})();
