// What only the person's pages do by script; each of them works without it.
(() => {
  "use strict";
  const words = ["Too short", "Easy to guess", "Fair: one more word would help", "Good", "Very good"];

  // How hard a passphrase is to guess, roughly: many different signs and several words.
  const strength = (text) => {
    if (text.length < 10) return 0;
    const kinds = new Set(text.toLowerCase()).size;
    const parts = text.trim().split(/[\s\-_.,]+/).filter((part) => part.length > 2).length;
    if (kinds < 6) return 1;
    return Math.min(4, 1 + (text.length >= 14) + (text.length >= 20) + (parts >= 4 || kinds >= 14));
  };

  const startStrength = (form) => {
    const hint = form.querySelector("[data-strength]");
    const input = form.querySelector('input[name="passphrase"]');
    const again = form.querySelector('input[name="again"]');
    if (!hint || !input) return;
    input.addEventListener("input", () => {
      hint.hidden = !input.value;
      const mark = strength(input.value);
      hint.querySelector("meter").value = mark;
      hint.querySelector("span").textContent = words[mark];
    });
    const same = () => again.setCustomValidity(again.value && again.value !== input.value ? "The two are not the same." : "");
    for (const field of [input, again]) field.addEventListener("input", same);
  };

  const startList = (list) => {
    const said = list.querySelector("[data-chosen]");
    list.addEventListener("change", () => {
      const count = list.querySelectorAll("input:checked").length;
      said.textContent = count ? `${count} chosen` : "Nothing chosen yet";
    });
  };

  // Dropping a file is enough: the button is for who has no script.
  const startDrop = (form) => {
    const row = form.querySelector("[data-without-script]");
    const input = form.querySelector('input[type="file"]');
    row.hidden = true;
    input.addEventListener("change", () => {
      row.hidden = form.checkValidity() || !input.files.length;
      if (input.files.length && form.checkValidity()) form.requestSubmit(row.querySelector("button"));
    });
  };

  // A download leaves the page where it is, so its button must not go on turning.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-no-busy]");
    if (form) setTimeout(() => {
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
      form.reset();
    }, 1500);
  });

  // A card as a picture that can be passed on: drawn here, sent nowhere.
  const startPicture = (button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const image = new Image(1080, 1350);
      image.src = button.dataset.picture;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext("2d").drawImage(image, 0, 0);
      canvas.toBlob((blob) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = button.dataset.file;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      }, "image/png");
    });
  };

  // What goes on by itself is asked for each second; the page comes anew when it got further.
  const startWatch = (watch) => {
    const said = watch.querySelector("[role=status]");
    const bar = watch.querySelector("progress");
    const look = async () => {
      try {
        const answer = await fetch(watch.dataset.watch);
        const told = answer.redirected ? {} : await answer.json();
        if (told.state !== watch.dataset.state) return location.reload();
        if (said.textContent !== told.says) said.textContent = told.says;
        if (bar && told.size) [bar.max, bar.value] = [told.size, told.at];
      } catch { /* asked again */ }
      setTimeout(look, 1000);
    };
    setTimeout(look, 500);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const watch of document.querySelectorAll("[data-watch]")) startWatch(watch);
    for (const link of document.querySelectorAll("[data-without-script-only]")) link.hidden = true;
    for (const button of document.querySelectorAll("[data-picture]")) startPicture(button);
    for (const form of document.querySelectorAll("[data-at-once]")) startDrop(form);
    for (const form of document.querySelectorAll("[data-passphrase]")) startStrength(form);
    for (const list of document.querySelectorAll("[data-list]")) startList(list);
    for (const button of document.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
  }, { once: true });
})();
