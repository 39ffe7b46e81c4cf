// How parts of the page are made and filled. Names that apps and operators control pass through textContent and property
// assignments only, so that none can become markup.

import * as format from "./format.js";

export const $ = (id) => document.getElementById(id);

/** A new element with a class and a text. */
export function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Gives `parent` exactly `n` children, making missing ones by `create`; the others stay, and with them the selection. */
export function fit(parent, n, create) {
  while (parent.children.length > n) parent.lastElementChild.remove();
  while (parent.children.length < n) parent.append(create());
  return parent.children;
}

/** A moment in local time, its UTC form as the tooltip. */
export function showTime(element, date) {
  element.textContent = format.time(date);
  element.title = format.utc(date);
  element.dateTime = date.toISOString();
}
