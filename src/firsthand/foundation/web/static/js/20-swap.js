// Swap: fetch a page of our own and take over one part of it.
// The browser itself parses the answer (XMLHttpRequest, responseType "document"): no string ever
// becomes markup in our code, so the page runs under "trusted-types 'none'" without any policy.
const firsthand = (() => {
  "use strict";
  const unwanted = "script, style, link, meta, base, iframe, object, embed, template";

  const clean = (node) => {
    for (const bad of node.querySelectorAll(unwanted)) bad.remove();
    for (const part of [node, ...node.querySelectorAll("*")]) {
      for (const { name } of [...part.attributes]) {
        if (name.startsWith("on") || name === "style" || name === "srcdoc") part.removeAttribute(name);
      }
    }
    return node;
  };

  const same = (a, b) =>
    a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

  // What a person has done on the page (opened, typed, focused) outlives an update.
  const patch = (old, next) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
      return;
    }
    if (old.hasAttribute("data-keep")) return;
    const open = old.nodeName === "DETAILS" || old.nodeName === "DIALOG";
    for (const { name } of [...old.attributes]) {
      if (!next.hasAttribute(name) && !(open && name === "open")) old.removeAttribute(name);
    }
    for (const { name, value } of [...next.attributes]) {
      if (old.getAttribute(name) !== value && !(open && name === "open")) old.setAttribute(name, value);
    }
    const before = [...old.childNodes];
    const after = [...next.childNodes];
    after.forEach((child, at) => {
      const here = before[at];
      if (!here) old.append(document.importNode(child, true));
      else if (same(here, child)) patch(here, child);
      else here.replaceWith(document.importNode(child, true));
    });
    for (const rest of before.slice(after.length)) rest.remove();
  };

  const load = (href, { method = "GET", body = null, progress = null, why = "1" } = {}) =>
    new Promise((done, failed) => {
      const url = new URL(href, location.href);
      if (url.origin !== location.origin) {
        failed(new Error("another origin"));
        return;
      }
      const request = new XMLHttpRequest();
      request.open(method, url);
      request.responseType = "document";
      request.setRequestHeader("Accept", "text/html");
      request.setRequestHeader("X-Firsthand-Swap", why);
      if (progress) request.upload.addEventListener("progress", progress);
      request.addEventListener("load", () => done(request));
      request.addEventListener("error", () => failed(new Error("no answer")));
      request.send(body);
    });

  const take = (page, id) => {
    const old = document.getElementById(id);
    const next = page && page.getElementById(id);
    if (!old || !next) return false;
    patch(old, clean(next));
    old.dispatchEvent(new CustomEvent("firsthand:swapped", { bubbles: true }));
    return true;
  };

  const announce = (text) => {
    const region = document.getElementById("announcer");
    if (region) region.textContent = text;
  };

  return { load, take, announce };
})();

(() => {
  "use strict";
  const place = () => location.pathname + location.search;
  let shown = place();

  const swap = async (id, href, options, push) => {
    try {
      const answer = await firsthand.load(href, options);
      if (!firsthand.take(answer.response, id)) location.assign(answer.responseURL || href);
      else if (push) {
        history.pushState(null, "", answer.responseURL || href);
        shown = place();
      }
    } catch {
      firsthand.announce("That did not work. Nothing has changed. Please try again.");
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    swap(link.dataset.swap, link.href, {}, true);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-swap]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    if (form.method === "get") {
      const url = new URL(form.action);
      url.search = new URLSearchParams(data).toString();
      swap(form.dataset.swap, url, {}, true);
    } else {
      const plain = form.enctype !== "multipart/form-data";
      const body = plain ? new URLSearchParams(data) : data;
      swap(form.dataset.swap, form.action, { method: "POST", body }, false);
    }
  });

  // Going back to what a swap replaced is a new page; a jump within the page is not.
  addEventListener("popstate", () => {
    if (place() !== shown) location.reload();
  });
})();
