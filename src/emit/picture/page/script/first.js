"use strict";
// Moves the drawing about and shows what the page holds about its patches. Foreign text (names, SQL)
// only ever becomes text nodes.
(() => {
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const { patches, lines } = data;
const stage = $("stage"), drawing = $("drawing"), panel = $("panel"), search = $("search");
const results = $("results"), status = $("status"), root = document.documentElement;
const HEIGHT = 46;
const groups = [...$("patches").children];
const edges = [];
for (const edge of $("lines").children) edges[+edge.dataset.line] = edge;
const before = patches.map(() => []), after = patches.map(() => []);
lines.forEach((line, at) => {
  after[line.from].push(at);
  before[line.to].push(at);
});
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 760px)");

/** An element with attributes (those of functions are listeners) and children. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined));
  return element;
}

// What cannot be seen, or turns the reading direction, is shown by its number.
const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/;
function shown(text) {
  if (!ODD.test(text)) return [text];
  return text.split(new RegExp("(" + ODD.source + ")")).filter(Boolean).map((part) =>
    ODD.test(part)
      ? make("span", { class: "odd" }, "U+" + part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"))
      : part);
}
