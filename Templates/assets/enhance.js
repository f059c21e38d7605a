// Comforts only: every page works without this file.
"use strict";

for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  const word = button.firstElementChild;
  const show = word.textContent;
  const set = (shown) => {
    field.type = shown ? "text" : "password";
    word.textContent = shown ? button.dataset.hide : show;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    set(field.type === "password");
    field.focus();
  });
  // Browsers keep what was typed in an open text field; nobody wants that for a password.
  field.form.addEventListener("submit", () => set(false));
}

// How long a new password is so far; the server counts alike, and decides.
for (const line of document.querySelectorAll("[data-length-of]")) {
  const field = document.getElementById(line.dataset.lengthOf);
  const [meter, words] = line.children;
  const least = Number(line.dataset.least);
  const tell = () => {
    const length = Math.min([...field.value].length, [...field.value.normalize("NFKC")].length);
    meter.value = Math.min(length, least);
    words.textContent = length < least ? line.dataset.more.replace("#", length) : line.dataset.enough;
    line.hidden = length === 0;
  };
  field.addEventListener("input", tell);
  tell();
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.nextElementSibling.textContent = button.dataset.done;
      button.firstChild.textContent = button.dataset.done;
    });
  }
}

// The summary has "autofocus"; this is for browsers that heed it on fields only.
addEventListener("load", () => {
  if (document.activeElement !== document.body) return;
  const summary = document.getElementById("error-summary");
  if (summary) return summary.focus();
  // On a touch screen the keyboard would cover half of the page.
  if (matchMedia("(pointer: coarse)").matches) return;
  const fields = [...document.querySelectorAll("form[data-focus] input:not([hidden], [type=hidden])")];
  fields.find((field) => !field.value)?.focus();
});

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    // What is saved to the disk leaves the page where it is.
    if ("again" in form.dataset) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    // A lost answer must not leave a dead button behind.
    setTimeout(() => delete form.dataset.sent, 8000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
