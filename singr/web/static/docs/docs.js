// The API's description, which is in English, as a page: every call by its part of the service, with who may make it
// and how often.

import { call } from "../common/api.js";
import { $, el, setText } from "../common/dom.js";
import { say } from "../common/words.js";

const JSON_TYPE = "application/json";
// Within what is in English.
const OURS = { lang: document.documentElement.lang, dir: "auto" };

const document_ = await call("GET", "/openapi.json").catch(() => null);
if (document_) show(document_);
else setText($("#note"), say("unreadable"));

function show({ info, paths, components }) {
  setText($("#version"), say("version", { version: info.version }));
  $("#note").remove();
  const parts = new Map();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const part = operation.tags[0];
      parts.set(part, [...(parts.get(part) ?? []), details(method, path, operation, components.schemas)]);
    }
  }
  for (const [part, calls] of parts) $("#calls").append(el("section", { lang: "en", dir: "ltr" }, el("h2", {}, part), ...calls));
}

function details(method, path, operation, schemas) {
  const head = el(
    "summary",
    {},
    el("code", {}, method.toUpperCase()),
    el("code", {}, path),
    el("span", {}, operation.summary),
  );
  const body = operation.requestBody?.content[JSON_TYPE]?.schema;
  const success = Object.values(operation.responses)[0]?.content?.[JSON_TYPE]?.schema;
  return el(
    "details",
    {},
    head,
    el(
      "div",
      { className: "about" },
      operation.description ? el("p", {}, operation.description) : null,
      facts(operation),
      shape(say("takes"), body, schemas),
      shape(say("gives"), success, schemas),
    ),
  );
}

function facts(operation) {
  const list = el("dl");
  const add = (term, ...texts) => list.append(el("dt", {}, term), el("dd", {}, ...texts));
  const who = [[say("who"), operation["x-permission"]], [say("how_often"), operation["x-rate"]]];
  for (const [term, text] of who) if (text) add(el("span", OURS, term), text);
  for (const { name, in: place, required } of operation.parameters) {
    if (required) add(name, place);
    else add(name, `${place}, `, el("span", OURS, say("optional")));
  }
  for (const [status, { description }] of Object.entries(operation.responses)) add(status, description);
  return list;
}

function shape(title, schema, schemas) {
  if (!schema) return null;
  return el("div", {}, el("strong", OURS, title), el("pre", {}, outline(schema, schemas, "", new Set())));
}

/** A schema as an indented outline, one field a line. */
function outline(schema, schemas, indent, open) {
  const name = schema.$ref?.split("/").pop();
  if (name) return open.has(name) ? name : outline(schemas[name], schemas, indent, new Set([...open, name]));
  if (schema.anyOf) return schema.anyOf.map((each) => outline(each, schemas, indent, open)).join(" | ");
  if (schema.type === "array" && schema.items) return `[${outline(schema.items, schemas, indent, open)}]`;
  if (!schema.properties) return simple(schema);
  const deeper = `${indent}  `;
  const fields = Object.entries(schema.properties).map(([field, kind]) => {
    const mark = schema.required?.includes(field) ? "" : "?";
    return `${deeper}${field}${mark}: ${outline(kind, schemas, deeper, open)}`;
  });
  return `{\n${fields.join("\n")}\n${indent}}`;
}

function simple({ type = "any", format, enum: values, minimum, maximum, maxLength }) {
  if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
  const range = minimum !== undefined || maximum !== undefined ? ` ${minimum ?? ""}…${maximum ?? ""}` : "";
  return `${format ?? type}${range}${maxLength ? ` up to ${maxLength}` : ""}`;
}
