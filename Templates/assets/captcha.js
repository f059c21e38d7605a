// Solves the puzzle of a form (ALTCHA, SHA-256) while it is being filled in, and holds the form back until it is done.
// One file for both: on the page it starts a worker of itself, which counts without getting in anybody's way.
"use strict";

// FIPS 180-4, section 4.2.2.
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2]);
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const words = new Int32Array(64);

// Takes one block of 64 bytes into the state. Written out rather than short: it runs a hundred thousand times.
function compress(state, bytes, from) {
  for (let i = 0; i < 16; i++) {
    const at = from + 4 * i;
    words[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
  }
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15], y = words[i - 2];
    words[i] = words[i - 16] + words[i - 7]
      + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
      + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const one = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7))
      + (e & f ^ ~e & g) + K[i] + words[i] | 0;
    const two = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
    h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

// The number from "first" to "last" whose decimal figures behind the salt have the digest; -1 if there is none.
function search(puzzle, first, last) {
  const salt = new TextEncoder().encode(puzzle.salt);
  const wanted = Int32Array.from(puzzle.challenge.match(/.{8}/g), (part) => parseInt(part, 16));
  const state = new Int32Array(8);
  const message = new Uint8Array((salt.length + 16 + 9 + 63) & ~63);
  message.set(salt);
  for (let number = first; number <= last; number++) {
    const figures = String(number);
    const length = salt.length + figures.length;
    const end = (length + 9 + 63) & ~63;
    message.fill(0, salt.length);
    for (let i = 0; i < figures.length; i++) message[salt.length + i] = figures.charCodeAt(i);
    message[length] = 0x80;
    message[end - 2] = length >>> 5;
    message[end - 1] = length << 3;
    state.set(START);
    for (let from = 0; from < end; from += 64) compress(state, message, from);
    if (state[0] === wanted[0] && state.every((word, i) => word === wanted[i])) return number;
  }
  return -1;
}

// Without a worker: a few milliseconds at a time, so that the page stays alive.
async function searchHere(puzzle) {
  for (let first = 0; first <= puzzle.maxnumber; first += 1000) {
    const found = search(puzzle, first, Math.min(first + 999, puzzle.maxnumber));
    if (found >= 0) return found;
    await new Promise((resume) => setTimeout(resume));
  }
  return -1;
}

function searchInWorker(puzzle, script) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script);
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.onerror = reject;
    worker.postMessage(puzzle);
  });
}

async function solve(field, script) {
  const puzzle = JSON.parse(field.dataset.puzzle);
  let number;
  try { number = await searchInWorker(puzzle, script); } catch { number = await searchHere(puzzle); }
  if (number < 0) throw new Error("no solution");
  const { algorithm, challenge, salt, signature } = puzzle;
  field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
}

if (typeof document === "undefined") {
  onmessage = ({ data }) => postMessage(search(data, 0, data.maxnumber));
} else {
  const script = document.currentScript.src;
  for (const field of document.querySelectorAll("[data-puzzle]")) {
    const form = field.form;
    const status = form.querySelector(".captcha [role=status]");
    let isDone = false;
    let pressed = null;
    // Before all others: what has not happened yet needs no guard against happening twice.
    form.addEventListener("submit", (event) => {
      if (isDone) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed = { button: event.submitter };
    }, { capture: true });
    status.textContent = status.dataset.checking;
    solve(field, script).then(
      () => { status.textContent = status.dataset.checked; },
      () => { status.textContent = status.dataset.failed; },
    ).finally(() => {
      isDone = true;
      if (pressed) form.requestSubmit(pressed.button);
    });
  }
}
