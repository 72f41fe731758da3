// Passkeys: asked for by their buttons. Without script, or without passkeys, the passphrase does it.
(() => {
  "use strict";
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (buffer) => {
    let text = "";
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const words = {
    NotAllowedError: "That was not confirmed. Try again, or use your passphrase.",
    InvalidStateError: "This device has a passkey for your data already.",
    prf: "This passkey gives no secret, so it cannot open your data. Use another one.",
    other: "That did not work here. Use your passphrase.",
  };

  const asked = async (path) => {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams() });
    if (!answer.ok) throw new Error("other");
    return answer.json();
  };

  // What a passkey said, as the form carries it, with the secret that it gave beside it.
  const said = (credential, prf) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      const value = credential.response[name];
      if (value) response[name] = toText(value);
    }
    return JSON.stringify({ id: credential.id, response, prf: toText(prf) });
  };

  const use = async (about, only) => {
    const credential = await navigator.credentials.get({ publicKey: {
      challenge: toBytes(about.challenge), rpId: about.site, userVerification: "required",
      allowCredentials: only ? [{ type: "public-key", id: only }] : [],
      extensions: { prf: { eval: { first: toBytes(about.input) } } },
    } });
    const prf = credential.getClientExtensionResults().prf?.results?.first;
    if (!prf) throw new Error("prf");
    return { credential, prf };
  };

  const make = async (about) => {
    const credential = await navigator.credentials.create({ publicKey: {
      challenge: toBytes(about.challenge),
      rp: { id: about.site, name: about.organisation },
      user: { id: toBytes(about.user.id), name: about.user.name, displayName: about.user.name },
      pubKeyCredParams: about.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: about.held.map((id) => ({ type: "public-key", id: toBytes(id) })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      extensions: { prf: { eval: { first: toBytes(about.input) } } },
    } });
    const found = credential.getClientExtensionResults().prf;
    if (!found?.enabled) throw new Error("prf");
    // Some passkeys give the secret only when they are used, not when they are made.
    const prf = found.results?.first || (await use(about, credential.rawId)).prf;
    return said(credential, prf);
  };

  const start = (button, work) => {
    const form = button.form;
    const note = form.querySelector("[data-passkey-said]");
    button.closest("[data-passkey]").hidden = false;
    button.addEventListener("click", async () => {
      note.textContent = "";
      button.disabled = true;
      try {
        await work(form);
        form.noValidate = true;
        form.submit();
      } catch (error) {
        note.textContent = words[error.name] || words[error.message] || words.other;
        button.disabled = false;
      }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!window.PublicKeyCredential) return;
    for (const button of document.querySelectorAll("[data-passkey-use]")) {
      start(button, async (form) => {
        const { credential, prf } = await use(await asked("/passkey/challenge"));
        form.querySelector("[name=passkey]").value = said(credential, prf);
      });
    }
    for (const button of document.querySelectorAll("[data-passkey-make]")) {
      start(button, async (form) => {
        if (!form.reportValidity()) throw new Error("other");
        form.querySelector("[name=made]").value = await make(await asked("/opening/challenge"));
      });
    }
  }, { once: true });
})();
