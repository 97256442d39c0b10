// Views map data to a tree. `fill` updates the document to match it and reuses elements, so that focus,
// opened <details> and typed text survive. Data enters the document only as text and attribute values.

const SVG = "http://www.w3.org/2000/svg";
const renderedProperties = new WeakMap();
const renderedKeys = new WeakMap();

export function h(name, properties, ...children) {
  return { name, space: null, properties: properties ?? {}, children: wanted(children) };
}

export function svg(name, properties, ...children) {
  return { name, space: SVG, properties: properties ?? {}, children: wanted(children) };
}

export function fill(parent, ...children) {
  const active = document.activeElement;
  place(parent, wanted(children));
  // Moving an element drops its focus.
  if (active !== document.activeElement && active?.isConnected) active.focus({ preventScroll: true });
}

function wanted(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

function place(parent, children) {
  const present = new Map();
  for (const node of [...parent.childNodes]) {
    const key = renderedKeys.get(node);
    if (key === undefined) node.remove();
    else present.set(key, node);
  }
  const taken = new Set();
  const next = children.map((child) => {
    const key = freeKey(child, taken);
    taken.add(key);
    const node = present.get(key) ?? make(child);
    renderedKeys.set(node, key);
    return node;
  });
  for (const [key, node] of present) if (!taken.has(key)) node.remove();
  let cursor = parent.firstChild;
  next.forEach((node, index) => {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
    show(node, children[index]);
  });
}

function freeKey(child, taken) {
  const name = typeof child === "object" ? child.name : "#text";
  const key = typeof child === "object" ? child.properties.key : undefined;
  if (key !== undefined && !taken.has(`${name} ${key}`)) return `${name} ${key}`;
  for (let index = 0; ; index += 1) {
    const numbered = `${name} #${index}`;
    if (!taken.has(numbered)) return numbered;
  }
}

function make(child) {
  if (typeof child !== "object") return document.createTextNode("");
  return child.space ? document.createElementNS(child.space, child.name) : document.createElement(child.name);
}

function show(node, child) {
  if (typeof child !== "object") {
    const text = String(child);
    if (node.data !== text) node.data = text;
    return;
  }
  const before = renderedProperties.get(node) ?? {};
  for (const name of Object.keys(before)) if (!(name in child.properties)) setProperty(node, name, null);
  for (const [name, value] of Object.entries(child.properties)) if (before[name] !== value) setProperty(node, name, value);
  renderedProperties.set(node, child.properties);
  place(node, child.children);
}

function setProperty(node, name, value) {
  if (name === "key") return;
  if (name.startsWith("on")) node[name] = value;
  // The page's content security policy forbids style attributes, but not the style object.
  else if (name === "width%") node.style.width = value === null ? "" : `${value}%`;
  else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}
