// Passkeys: asks the browser what a form's data-options say, and sends its answer in the form.
"use strict";

(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  };
  const text = (buffer) => {
    let plain = "";
    for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const known = (descriptors) => (descriptors || []).map((each) => ({ ...each, id: bytes(each.id) }));

  // Browsers that do not read and write this JSON by themselves yet get it done here (WebAuthn §5.1.8-5.1.10).
  const creation = (json) => PublicKeyCredential.parseCreationOptionsFromJSON
    ? PublicKeyCredential.parseCreationOptionsFromJSON(json)
    : {
      ...json,
      challenge: bytes(json.challenge),
      user: { ...json.user, id: bytes(json.user.id) },
      excludeCredentials: known(json.excludeCredentials),
    };
  const request = (json) => PublicKeyCredential.parseRequestOptionsFromJSON
    ? PublicKeyCredential.parseRequestOptionsFromJSON(json)
    : { ...json, challenge: bytes(json.challenge), allowCredentials: known(json.allowCredentials) };
  const written = (credential) => {
    // Password managers that stand in for the browser have a toJSON that throws, or none.
    try {
      const json = credential.toJSON();
      if (json && json.response) return json;
    } catch { /* written by hand below */ }
    const { response } = credential;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      answer.attestationObject = text(response.attestationObject);
      answer.transports = response.getTransports ? response.getTransports() : [];
    } else {
      answer.authenticatorData = text(response.authenticatorData);
      answer.signature = text(response.signature);
      if (response.userHandle && response.userHandle.byteLength) answer.userHandle = text(response.userHandle);
    }
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer,
      clientExtensionResults: {},
    };
  };

  // What ends the question that waits behind the page's fields, if there is one.
  let waiting = null;
  const stopWaiting = () => {
    if (waiting) waiting.abort();
    waiting = null;
  };

  const ask = (form, more) => {
    const json = JSON.parse(form.dataset.options);
    return form.dataset.passkey === "register"
      ? navigator.credentials.create({ publicKey: creation(json), ...more })
      : navigator.credentials.get({ publicKey: request(json), ...more });
  };
  const send = (form, credential) => {
    form.elements.answer.value = JSON.stringify(written(credential));
    // Past the listeners: the answer is there now.
    HTMLFormElement.prototype.submit.call(form);
  };
  const tell = (form, error) => {
    const place = form.querySelector("[role=alert]");
    if (!place) return;
    const { cancelled, taken, failed } = form.dataset;
    const words = { NotAllowedError: cancelled, AbortError: cancelled, InvalidStateError: taken };
    place.textContent = words[error.name] || failed || "";
    place.hidden = !place.textContent;
  };

  const press = async (form, button) => {
    const place = form.querySelector("[role=alert]");
    if (place) place.hidden = true;
    if (button) button.disabled = true;
    stopWaiting();
    try {
      const credential = await ask(form);
      if (!credential) throw new DOMException("", "NotAllowedError");
      send(form, credential);
    } catch (error) {
      if (button) button.disabled = false;
      tell(form, error);
      if (form.dataset.passkey === "sign-in") wait(form).catch(() => {});
    }
  };

  // In the list of names that the browser offers for a field with autocomplete="username webauthn". Whoever chooses
  // another way is told nothing, and the question ends with the page.
  const wait = async (form) => {
    // Where one has just been refused, the same would answer again by itself, without end.
    if (document.getElementById("error-summary")) return;
    if (!PublicKeyCredential.isConditionalMediationAvailable) return;
    if (!await PublicKeyCredential.isConditionalMediationAvailable()) return;
    const own = new AbortController();
    waiting = own;
    try {
      const credential = await ask(form, { mediation: "conditional", signal: own.signal });
      if (credential) send(form, credential);
    } catch (error) {
      if (!own.signal.aborted && error.name !== "NotAllowedError") console.debug(error.name);
    }
  };

  let isAwaited = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button:not([type=button])");
    form.hidden = false;
    if (button) button.hidden = false;
    // Before the listener against double clicks, which would hold back the second try after a first that was cancelled.
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!button || !button.disabled) press(form, button);
    }, { capture: true });
    if (form.dataset.passkey === "sign-in" && !isAwaited) {
      isAwaited = true;
      wait(form).catch(() => {});
    }
  }
  // A page that comes back from the browser's memory has no answer in it, and a button that can be pressed.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      form.elements.answer.value = "";
      const button = form.querySelector("button:not([type=button])");
      if (button) button.disabled = false;
    }
  });
})();
