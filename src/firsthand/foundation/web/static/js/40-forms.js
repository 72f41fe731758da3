// Forms: the drop zone with its list and progress, one press a form, copying, asking first.
(() => {
  "use strict";
  const size = (bytes) => {
    const units = ["bytes", "kB", "MB", "GB"];
    let at = 0;
    let count = bytes;
    while (count >= 1000 && at < units.length - 1) {
      count /= 1000;
      at += 1;
    }
    return `${count.toFixed(at && count < 10 ? 1 : 0)} ${units[at]}`;
  };
  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  const listFiles = (zone, input) => {
    const list = zone.parentElement.querySelector(".chosen");
    if (!list) return;
    const most = Number(zone.dataset.sizeBytesMax || Infinity);
    let tooLarge = 0;
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const large = file.size > most;
        tooLarge += large;
        const item = element("li", "", large ? "too-large" : "");
        const note = large ? `${size(file.size)}: larger than ${size(most)}` : size(file.size);
        item.append(element("span", file.name), element("span", note));
        return item;
      }),
    );
    list.hidden = !input.files.length;
    input.setCustomValidity(tooLarge ? `A file is larger than ${size(most)}.` : "");
    firsthand.announce(`${input.files.length} ${input.files.length === 1 ? "file" : "files"} chosen`);
  };

  const startZone = (zone) => {
    const input = zone.querySelector('input[type="file"]');
    let depth = 0;
    const over = (change) => {
      depth = Math.max(0, depth + change);
      zone.classList.toggle("over", depth > 0);
    };
    zone.addEventListener("dragenter", () => over(1));
    zone.addEventListener("dragleave", () => over(-1));
    zone.addEventListener("drop", () => over(-depth));
    input.addEventListener("change", () => listFiles(zone, input));
  };

  const upload = async (form, event) => {
    event.preventDefault();
    const box = form.querySelector("[data-upload-progress]");
    const bar = box.querySelector("progress");
    const soFar = box.querySelector(".so-far");
    box.hidden = false;
    const progress = ({ loaded, total, lengthComputable }) => {
      if (!lengthComputable) return;
      bar.max = total;
      bar.value = loaded;
      soFar.textContent = loaded < total ? `${size(loaded)} of ${size(total)}` : "Reading…";
    };
    try {
      const body = new FormData(form, event.submitter);
      const answer = await firsthand.load(form.action, { method: "POST", body, progress });
      const moved = answer.responseURL && answer.responseURL !== form.action;
      if (answer.status < 400 && moved) location.assign(answer.responseURL);
      else if (!firsthand.take(answer.response, "main")) throw new Error("no page");
    } catch {
      box.hidden = true;
      release(form);
      firsthand.announce("The file could not be sent. Nothing has been kept. Please try again.");
    }
  };

  const release = (form) => {
    for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asks = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (asks && !confirm(asks)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.submitter?.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method === "post" && event.submitter) event.submitter.setAttribute("aria-busy", "true");
    if (form.querySelector("[data-upload-progress]") && !event.defaultPrevented) upload(form, event);
  }, true);
  document.addEventListener("firsthand:swapped", (event) => {
    release(event.target);
    for (const zone of event.target.querySelectorAll("[data-drop]")) startZone(zone);
  });
  addEventListener("pageshow", () => release(document));

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const from = document.getElementById(button.dataset.copy);
    if (!from) return;
    const label = button.querySelector("span") || button;
    const was = label.textContent;
    try {
      await navigator.clipboard.writeText(from.textContent.trim());
      label.textContent = "Copied";
      firsthand.announce("Copied");
    } catch {
      getSelection().selectAllChildren(from);
      label.textContent = "Selected: copy it now";
    }
    setTimeout(() => { label.textContent = was; }, 2000);
  });

  // Pressing Escape in an opened confirmation closes it, as in a dialog.
  document.addEventListener("keydown", (event) => {
    const asked = event.key === "Escape" && event.target.closest?.("details.confirm[open]");
    if (!asked) return;
    asked.open = false;
    asked.querySelector("summary").focus();
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const zone of document.querySelectorAll("[data-drop]")) startZone(zone);
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
    document.querySelector("[data-focus-first]")?.focus();
  }, { once: true });
})();
